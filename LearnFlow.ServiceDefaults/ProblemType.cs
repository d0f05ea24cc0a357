using Microsoft.AspNetCore.Http;

namespace LearnFlow.ServiceDefaults;

/// <summary>A kind of problem. Its URI never changes once it is published; <c>docs/errors.md</c> lists all of them.</summary>
/// <param name="Name">What its URI ends with.</param>
/// <param name="Status">The HTTP status that it is answered with.</param>
/// <param name="Title">The same words for every problem of the kind.</param>
public sealed record ProblemType(string Name, int Status, string Title)
{
    /// <summary>What every URI begins with.</summary>
    public const string Prefix = "urn:learnflow:problem:";

    private static readonly List<ProblemType> Known = [];

    /// <summary>A field of the request does not fit.</summary>
    public static readonly ProblemType InvalidInput = Define(
        "invalid-input", StatusCodes.Status400BadRequest, "The request does not fit");

    /// <summary>The body is larger than anything that fits.</summary>
    public static readonly ProblemType TooLarge = Define(
        "too-large", StatusCodes.Status413PayloadTooLarge, "The body is too large");

    /// <summary>The body is not JSON.</summary>
    public static readonly ProblemType UnsupportedMediaType = Define(
        "unsupported-media-type", StatusCodes.Status415UnsupportedMediaType, "Another media type is expected");

    /// <summary>The body did not arrive in time.</summary>
    public static readonly ProblemType RequestTimeout = Define(
        "request-timeout", StatusCodes.Status408RequestTimeout, "The request took too long to arrive");

    /// <summary>No token, or one that is not believed.</summary>
    public static readonly ProblemType Unauthenticated = Define(
        "unauthenticated", StatusCodes.Status401Unauthorized, "Who are you?");

    /// <summary>The role of the token does not allow it.</summary>
    public static readonly ProblemType Forbidden = Define(
        "forbidden", StatusCodes.Status403Forbidden, "Not yours");

    /// <summary>There is no such address, message, exercise, quiz, flag.</summary>
    public static readonly ProblemType NotFound = Define(
        "not-found", StatusCodes.Status404NotFound, "Not found");

    /// <summary>The address takes another method.</summary>
    public static readonly ProblemType MethodNotAllowed = Define(
        "method-not-allowed", StatusCodes.Status405MethodNotAllowed, "Another method is expected");

    /// <summary>The request id was used for another message.</summary>
    public static readonly ProblemType RequestIdTaken = Define(
        "request-id-taken", StatusCodes.Status409Conflict, "This requestId belongs to another message");

    /// <summary>A flag that cannot be switched here.</summary>
    public static readonly ProblemType FlagFixed = Define(
        "flag-fixed", StatusCodes.Status409Conflict, "This flag cannot be switched here");

    /// <summary>A route that a flag has switched off.</summary>
    public static readonly ProblemType SwitchedOff = Define(
        "switched-off", StatusCodes.Status404NotFound, "Switched off");

    /// <summary>More than the caller may send at the moment.</summary>
    public static readonly ProblemType RateLimited = Define(
        "rate-limited", StatusCodes.Status429TooManyRequests, "Too many at once");

    /// <summary>Something that is needed is away; nothing was kept.</summary>
    public static readonly ProblemType Unavailable = Define(
        "unavailable", StatusCodes.Status503ServiceUnavailable, "Not available at the moment");

    /// <summary>Only a language model may decide, and none did.</summary>
    public static readonly ProblemType ModelUnavailable = Define(
        "model-unavailable", StatusCodes.Status503ServiceUnavailable, "Nobody can tell who should answer");

    /// <summary>Code cannot be run on this installation.</summary>
    public static readonly ProblemType SandboxUnavailable = Define(
        "sandbox-unavailable", StatusCodes.Status503ServiceUnavailable, "Code cannot be run here");

    /// <summary>As many programs run and wait as may.</summary>
    public static readonly ProblemType SandboxBusy = Define(
        "sandbox-busy", StatusCodes.Status429TooManyRequests, "Too many programs at once");

    /// <summary>A fault of ours.</summary>
    public static readonly ProblemType Internal = Define(
        "internal", StatusCodes.Status500InternalServerError, "Something went wrong here");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ProblemType> All => Known;

    /// <summary>What stands in <c>type</c>.</summary>
    public string Uri { get; } = Prefix + Name;

    private static ProblemType Define(string name, int status, string title)
    {
        var type = new ProblemType(name, status, title);
        Known.Add(type);
        return type;
    }
}
