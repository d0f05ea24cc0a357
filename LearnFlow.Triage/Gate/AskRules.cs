using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Gate;

/// <summary>The bounds of what may be sent. Lengths are counted in UTF-16 units, as JavaScript counts them.</summary>
public static class AskRules
{
    /// <summary>The longest query.</summary>
    public const int LongestQuery = 5_000;

    /// <summary>The longest code, error or input of a program.</summary>
    public const int LongestAttachment = 20_000;

    /// <summary>
    /// The largest body in bytes: what fits the bounds above with every character written as an escape of six.
    /// </summary>
    public const int LargestBody = ((LongestQuery + (2 * LongestAttachment)) * 6) + 4096;

    /// <summary>The longest reason that an admin gives for something.</summary>
    public const int LongestReason = 500;

    private const int LongestConversationId = 64;

    /// <summary>What is wrong with a message, by field; nothing where it may come in.</summary>
    /// <param name="ask">The message.</param>
    public static Dictionary<string, string[]> Check(Ask ask)
    {
        var errors = new Dictionary<string, string[]>();
        CheckText(errors, "query", ask.Query, LongestQuery, isRequired: true);
        CheckText(errors, "code", ask.Code, LongestAttachment, isRequired: false);
        CheckText(errors, "error", ask.Error, LongestAttachment, isRequired: false);
        if (ask.RequestId is { } id && !RequestIdentity.IsValid(id))
        {
            errors["requestId"] = ["must be 1 to 64 letters, digits, dots, dashes or underscores."];
        }

        CheckText(errors, "conversation.id", ask.Conversation?.Id, LongestConversationId, isRequired: false);
        if (ask.Conversation is { Turn: < 1 })
        {
            errors["conversation.turn"] = ["must be 1 or more."];
        }

        CheckIntent(errors, "intent", ask.Intent);
        CheckIntent(errors, "conversation.previousIntent", ask.Conversation?.PreviousIntent);
        return errors;
    }

    /// <summary>Adds what is wrong with a text.</summary>
    /// <param name="errors">Where it is added.</param>
    /// <param name="field">The field's name in the JSON.</param>
    /// <param name="text">The text.</param>
    /// <param name="longest">Its greatest length.</param>
    /// <param name="isRequired">Whether it must hold something else than white space.</param>
    public static void CheckText(
        Dictionary<string, string[]> errors, string field, string? text, int longest, bool isRequired)
    {
        if (isRequired && string.IsNullOrWhiteSpace(text))
        {
            errors[field] = [$"is missing or empty; send 1 to {longest} characters."];
        }
        else if (text?.Length > longest)
        {
            errors[field] = [$"has {text.Length} characters; at most {longest} fit."];
        }
    }

    /// <summary>Of several names in one text the reader of JSON makes one value, which may be that of none.</summary>
    private static void CheckIntent(Dictionary<string, string[]> errors, string field, Intent? intent)
    {
        if (intent is { } value && !Enum.IsDefined(value))
        {
            errors[field] = [$"must be one of {string.Join(", ", IntentNames.All)}."];
        }
    }
}
