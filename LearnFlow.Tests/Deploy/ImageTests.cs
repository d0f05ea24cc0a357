using System.Runtime.Versioning;
using System.Text.Json;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Deploy;

/// <summary>
/// What the images of the services hold and how their containers run. The layer with .NET comes from a registry, which
/// the machine that builds this does not reach: what is laid over it is tested, and the settings by which the SDK does so.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class ImageTests(PublishedAgents agents, PublishedTriage triage)
    : IClassFixture<PublishedAgents>, IClassFixture<PublishedTriage>
{
    [Fact]
    public async Task Python_runs_in_a_container_that_can_write_nowhere_but_to_an_empty_tmp()
    {
        Tools.RequireThat(agents.HasPython, "npm could not fetch the sandbox's Python");
        var before = agents.Files.Order(StringComparer.Ordinal).ToList();
        using var container = ContainerStandIn.Start(agents.Folder);

        Assert.Equal("42\n", (await container.RunPythonAsync("import json\nprint(json.loads('42'))")).Text("output"));

        Assert.DoesNotContain("compiled", container.Output, StringComparison.Ordinal);
        Assert.Equal(before, agents.Files.Order(StringComparer.Ordinal));
        // But for the empty folder of the interpreter that waits for the next program.
        Assert.DoesNotContain(Directory.EnumerateDirectories(container.Temporary, "learnflow-*"), run => Directory.EnumerateFileSystemEntries(Path.Combine(run, "home")).Any());
    }

    [Fact]
    public async Task Python_that_was_compiled_for_another_machine_is_compiled_again()
    {
        Tools.RequireThat(agents.HasPython, "npm could not fetch the sandbox's Python");
        var compiled = Assert.Single(agents.Files, file =>
            Path.GetFileName(file).StartsWith("python-", StringComparison.Ordinal) && file.EndsWith(".cwasm", StringComparison.Ordinal));
        var aside = $"{compiled}.aside";
        File.Move(compiled, aside);
        try
        {
            await File.WriteAllBytesAsync(compiled, [0], TestContext.Current.CancellationToken);
            using var container = ContainerStandIn.Start(agents.Folder);

            Assert.Equal("42\n", (await container.RunPythonAsync("print(42)")).Text("output"));

            Assert.Contains("is compiled at every start", container.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Move(aside, compiled, overwrite: true);
        }
    }

    [Fact]
    public void Neither_image_has_the_embedded_Redis()
    {
        Assert.Contains(triage.Files, file => Path.GetFileName(file) == "StackExchange.Redis.dll");
        Assert.DoesNotContain(agents.Files.Concat(triage.Files), IsOfGarnet);

        static bool IsOfGarnet(string file) =>
            Path.GetFileName(file) is { } name
            && (name.StartsWith("Garnet", StringComparison.Ordinal) || name.StartsWith("Tsavorite", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("LearnFlow.Agents", "learnflow-agents")]
    [InlineData("LearnFlow.Triage", "learnflow-triage")]
    public async Task An_image_has_no_shell_and_no_root_and_listens_on_8080(string project, string repository)
    {
        using var settings = JsonDocument.Parse(await Command.OutputOfAsync(
            "dotnet", "msbuild", PublishedService.ProjectFolder(project), "-nologo", "-target:ComputeContainerConfig",
            "-getProperty:ContainerBaseImage,ContainerUser,ContainerRepository", "-getItem:ContainerPort,ContainerLabel"));
        var properties = settings.RootElement.GetProperty("Properties");
        var items = settings.RootElement.GetProperty("Items");

        Assert.Equal(repository, properties.Text("ContainerRepository"));
        Assert.Equal("1000", properties.Text("ContainerUser"));
        // glibc for Wasmtime; -extra would bring what the invariant culture has no use for.
        Assert.EndsWith("/aspnet:10.0-noble-chiseled", properties.Text("ContainerBaseImage"), StringComparison.Ordinal);
        var port = Assert.Single(items.GetProperty("ContainerPort").EnumerateArray());
        Assert.Equal(("8080", "tcp"), (port.Text("Identity"), port.Text("Type")));
        Assert.Contains(items.GetProperty("ContainerLabel").EnumerateArray(), label =>
            label.Text("Identity") == "org.opencontainers.image.description" && label.Text("Value").StartsWith("LearnFlow's", StringComparison.Ordinal));
    }
}
