using System.Reflection;

namespace LearnFlow.ServiceDefaults;

/// <summary>Which build of LearnFlow this is.</summary>
public static class Build
{
    /// <summary>Its version: the tag of its image, or else that of the projects; behind a plus the commit, where it was known.</summary>
    public static string Version { get; } =
        typeof(Build).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
