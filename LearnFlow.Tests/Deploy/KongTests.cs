using System.Globalization;
using LearnFlow.ServiceDefaults;
using LearnFlow.Tests.Docs;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Gate;
using YamlDotNet.RepresentationModel;

namespace LearnFlow.Tests.Deploy;

/// <summary>Kong takes its configuration, and lets in what triage takes: neither less nor much more.</summary>
public sealed class KongTests
{
    private static readonly string File = Pages.Of("../deploy/kong/kong.yaml");

    private static readonly YamlNode Service = Read()["services"][0];

    [Fact]
    public async Task Kongs_own_tool_finds_it_valid() => await Command.OutputOfAsync("deck", "validate", "--state", File);

    [Theory]
    [InlineData("strip_path: false", "strip_path: never")]
    [InlineData("  - key: learnflow", "  - id: learnflow")]
    public async Task Kongs_own_tool_finds_a_mistake(string right, string wrong)
    {
        var broken = Path.GetTempFileName();
        try
        {
            var text = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
            Assert.Contains(right, text, StringComparison.Ordinal);
            await System.IO.File.WriteAllTextAsync(
                broken, text.Replace(right, wrong, StringComparison.Ordinal), TestContext.Current.CancellationToken);

            Assert.NotEqual(0, (await Command.RunAsync("deck", "validate", "--state", broken)).ExitCode);
        }
        finally
        {
            System.IO.File.Delete(broken);
        }
    }

    [Theory]
    [InlineData("triage", AskRules.LargestBody)]
    [InlineData("batch", Batch.LargestBody)]
    public void A_body_that_triage_takes_gets_through_and_a_much_larger_one_does_not(string route, int largest)
    {
        var kilobytes = Number(Config(Routes().Single(one => Text(one["name"]) == route), "request-size-limiting")["allowed_payload_size"]);

        Assert.InRange(kilobytes * 1024, largest, largest + 1024);
    }

    [Fact]
    public void A_token_lives_as_long_as_triage_lets_it() =>
        Assert.Equal(TimeSpan.FromHours(24).TotalSeconds, Number(Config(Service, "jwt")["maximum_expiration"]));

    [Fact]
    public void The_id_of_a_request_is_handed_on_in_the_header_that_triage_reads() =>
        Assert.Equal(RequestIdentity.Header, Text(Config(Service, "correlation-id")["header_name"]));

    [Fact]
    public void Nothing_is_sent_twice_and_a_students_limit_is_left_to_triage()
    {
        var limit = Config(Service, "rate-limiting");

        Assert.Equal(0, Number(Service["retries"]));
        Assert.Equal("ip", Text(limit["limit_by"]));
        Assert.Equal("true", Text(limit["fault_tolerant"]));
    }

    [Fact]
    public void It_holds_no_key_that_signs()
    {
        var credential = Read()["consumers"][0]["jwt_secrets"][0];

        Assert.Equal(("RS256", "unused"), (Text(credential["algorithm"]), Text(credential["secret"])));
        Assert.StartsWith("${{ env ", Text(credential["rsa_public_key"]), StringComparison.Ordinal);
    }

    private static YamlNode Read()
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(File);
        yaml.Load(reader);
        return yaml.Documents[0].RootNode;
    }

    private static IEnumerable<YamlNode> Routes() => (YamlSequenceNode)Service["routes"];

    private static YamlNode Config(YamlNode holder, string plugin) =>
        ((YamlSequenceNode)holder["plugins"]).Single(one => Text(one["name"]) == plugin)["config"];

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static int Number(YamlNode node) => int.Parse(Text(node), CultureInfo.InvariantCulture);
}
