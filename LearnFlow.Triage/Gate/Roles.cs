using System.Collections.Frozen;

namespace LearnFlow.Triage.Gate;

/// <summary>The roles that a token may carry in its claim <c>role</c>.</summary>
public static class Roles
{
    /// <summary>Asks and practises; sees their own.</summary>
    public const string Student = "student";

    /// <summary>Sees their students.</summary>
    public const string Teacher = "teacher";

    /// <summary>Operates the system.</summary>
    public const string Admin = "admin";

    /// <summary>All of them.</summary>
    public static readonly FrozenSet<string> All = [Student, Teacher, Admin];
}
