namespace LearnFlow.Triage.Endpoints;

/// <summary>How much a list shows at once: <c>?limit=</c>.</summary>
internal static class PageSize
{
    /// <summary>The most that may be asked for.</summary>
    public const int Largest = 500;

    private const int Usual = 50;

    /// <summary>Reads it.</summary>
    /// <param name="limit">What the caller asks for, 1 to 500; 50 where they do not say.</param>
    /// <param name="errors">Where it is added what is wrong with it.</param>
    public static int Read(string? limit, Dictionary<string, string[]> errors)
    {
        var size = Usual;
        if (limit is not null && (!int.TryParse(limit, out size) || size is < 1 or > Largest))
        {
            errors["limit"] = [$"must be 1 to {Largest}."];
        }

        return size;
    }
}
