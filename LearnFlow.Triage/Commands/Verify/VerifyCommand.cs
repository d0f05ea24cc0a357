using System.CommandLine;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LearnFlow.Triage.Commands.Verify;

/// <summary><c>verify</c> walks a running LearnFlow from outside and says what holds, what does not, and what to do.</summary>
internal static class VerifyCommand
{
    /// <summary>Where the tokens may stand, since what is an argument every user of a machine can read.</summary>
    public const string TokenVariable = "LEARNFLOW_TOKEN";

    /// <summary>Where an admin's may stand.</summary>
    public const string AdminTokenVariable = "LEARNFLOW_ADMIN_TOKEN";

    private const int WidestName = 29;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var url = new Option<Uri>("--url")
        {
            Description = "Where triage is, for example https://learnflow.example.org",
            Required = true,
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value.TrimEnd('/') + "/", UriKind.Absolute, out var address)
                    && address is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" })
                {
                    return address;
                }

                result.AddError("--url must be an address such as https://learnflow.example.org.");
                return null;
            },
        };
        var token = TokenOption("--token", TokenVariable, "a student, best one made for this");
        var adminToken = TokenOption("--admin-token", AdminTokenVariable, "an admin; what needs one is not checked without");
        var command = new Command("verify", "Check a running LearnFlow from outside; ends with code 1 where something does not hold")
        {
            url, token, adminToken,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var caller = new Caller(parsed.GetRequiredValue(url), cancellation);
            var verification = new Verification(caller, parsed.GetValue(token), parsed.GetValue(adminToken));
            var counts = new int[3];
            await foreach (var finding in verification.RunAsync())
            {
                counts[(int)finding.Outcome]++;
                Console.WriteLine(TriageCommands.WithoutTokens(
                    $"{Word(finding.Outcome),-13}{finding.Check.PadRight(WidestName)}{finding.Detail.ReplaceLineEndings(" ")}"));
            }

            Console.WriteLine($"{counts[0]} hold, {counts[1]} do not, {counts[2]} were not checked.");
            return counts[(int)Outcome.Fails] == 0 ? 0 : 1;
        });
        return command;
    }

    private static Option<string?> TokenOption(string name, string variable, string whose) => new(name)
    {
        Description = $"The token of {whose}; or else {variable} in the environment",
        DefaultValueFactory = result => Read(Environment.GetEnvironmentVariable(variable), variable, result),
        CustomParser = result => Read(result.Tokens[0].Value, name, result),
    };

    private static string? Read(string? value, string from, System.CommandLine.Parsing.ArgumentResult result)
    {
        var token = value?.Trim();
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        if (!new JsonWebTokenHandler().CanReadToken(token))
        {
            result.AddError($"What {from} holds is no JWT.");
            return null;
        }

        return token;
    }

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Holds => "holds",
        Outcome.Fails => "FAILS",
        _ => "not checked",
    };
}
