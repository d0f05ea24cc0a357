using System.Collections.Frozen;

namespace LearnFlow.Triage.Gate;

/// <summary>The users that anyone may sign in as in Development.</summary>
public static class DemoUsers
{
    /// <summary>Their roles by their names.</summary>
    public static readonly FrozenDictionary<string, string> RoleByName = new Dictionary<string, string>
    {
        ["maya"] = Roles.Student,
        ["james"] = Roles.Student,
        ["rodriguez"] = Roles.Teacher,
        ["admin"] = Roles.Admin,
    }.ToFrozenDictionary();
}
