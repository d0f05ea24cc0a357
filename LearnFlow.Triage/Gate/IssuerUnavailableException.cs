using LearnFlow.ServiceDefaults;

namespace LearnFlow.Triage.Gate;

/// <summary>The issuer of tokens does not say what its keys are, so that nobody can be recognised.</summary>
/// <param name="innerException">What asking it came to.</param>
internal sealed class IssuerUnavailableException(Exception innerException) : ProblemException(
    Problems.Unavailable("The issuer of your token cannot be asked for its keys. Please try again in a moment."), innerException);
