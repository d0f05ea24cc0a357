using System.Text.Json;
using LearnFlow.Tests.Docs;
using YamlDotNet.Serialization;

namespace LearnFlow.Tests.Deploy;

/// <summary>The files of <c>deploy</c>.</summary>
internal static class DeployFiles
{
    public static string Of(string name) => Pages.Of(Path.Combine("..", "deploy", name));

    /// <summary>A YAML file as JSON, whose values are texts all of them.</summary>
    public static JsonElement ReadYaml(string name)
    {
        var yaml = new DeserializerBuilder().Build().Deserialize<object>(File.ReadAllText(Of(name)));
        return JsonDocument.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml)).RootElement;
    }

    public static JsonElement ReadJson(string name) => JsonDocument.Parse(File.ReadAllText(Of(name))).RootElement;
}
