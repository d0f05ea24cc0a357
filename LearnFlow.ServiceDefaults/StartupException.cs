namespace LearnFlow.ServiceDefaults;

/// <summary>Why a service cannot start, as a sentence that says what to do.</summary>
/// <param name="message">The sentence.</param>
/// <param name="innerException">What brought it about.</param>
public sealed class StartupException(string message, Exception? innerException = null)
    : Exception(message, innerException);
