using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Gate;

/// <summary>The pages of others that may call the API from a browser.</summary>
public sealed class CrossOriginOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Cors";

    /// <summary>Their origins, such as <c>https://school.example.org</c>; none unless set. Our own page needs none.</summary>
    public List<string> Origins { get; set; } = [];

    /// <summary>Refuses what a browser would never send as an origin.</summary>
    internal sealed class Check : IValidateOptions<CrossOriginOptions>
    {
        public ValidateOptionsResult Validate(string? name, CrossOriginOptions options)
        {
            var failures = options.Origins
                .Where(origin => !(Uri.TryCreate(origin, UriKind.Absolute, out var address)
                    && address.GetLeftPart(UriPartial.Authority) == origin
                    && address.Scheme is "http" or "https"))
                .Select(origin => $"Cors:Origins has \"{origin}\"; it must be an origin such as https://school.example.org, without a path.")
                .ToList();
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
