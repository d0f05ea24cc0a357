using System.Globalization;
using System.Net;
using LearnFlow.Triage.Flags;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LearnFlow.Triage.Commands.Verify;

/// <content>What an admin sees.</content>
internal sealed partial class Verification
{
    private async Task<Result> FlagsAsync()
    {
        var reply = await caller.GetAsync(Flags, _adminToken);
        if (reply.Status != HttpStatusCode.OK)
        {
            return Fails($"/{Flags} answers {reply}.", "Is the admin's token still good, and an admin's?");
        }

        var flags = reply.Json.GetProperty("flags").EnumerateArray().ToDictionary(flag => flag.Text("name"), flag => flag.GetProperty("enabled").GetBoolean());
        var missing = Flag.Defaults.Keys.Where(name => !flags.ContainsKey(name)).ToList();
        var changed = Flag.Defaults.Where(flag => flags.TryGetValue(flag.Key, out var isOn) && isOn != flag.Value)
            .Select(flag => $"{flag.Key} {(flag.Value ? "off" : "on")}").ToList();
        return missing.Count > 0 ? Fails($"there is no {string.Join(", ", missing)}.", "Look at the release.")
            : Holds($"{flags.Count}, {(changed.Count == 0 ? "all as they are shipped" : $"not as they are shipped: {string.Join(", ", changed)}")}");
    }

    private async Task<Result> DeadLettersAsync()
    {
        var reply = await caller.GetAsync("api/v1/admin/dead-letters", _adminToken);
        return reply.Status == HttpStatusCode.OK
            ? Holds(reply.Json.GetProperty("deadLetters").GetArrayLength() is > 0 and var dead ? $"{dead} or more wait for a person" : "there are none")
            : Fails($"answers {reply}.", "Look at triage's log.");
    }

    private async Task<Result> OthersAsync()
    {
        if (_token is null)
        {
            return NotChecked("needs a student's message.");
        }

        var reply = await caller.GetAsync($"{Ask}/{_id}", _adminToken);
        return reply.Status == HttpStatusCode.OK ? Holds("an admin may") : Fails($"is answered {reply}.", "Is the admin's token an admin's?");
    }

    private async Task<Result> AuditRecordAsync()
    {
        if (_token is null)
        {
            return NotChecked("needs a student's message.");
        }

        var path = $"api/v1/admin/audit?limit=500&student={Uri.EscapeDataString(new JsonWebToken(_token).Subject)}&from={Uri.EscapeDataString(_started.AddMinutes(-5).ToString("O", CultureInfo.InvariantCulture))}";
        for (var until = DateTimeOffset.UtcNow + AuditLag; ;)
        {
            var reply = await caller.GetAsync(path, _adminToken);
            if (reply.Status != HttpStatusCode.OK)
            {
                return Fails($"answers {reply}.", "Look at triage's log.");
            }

            if (reply.Text.Contains(_id, StringComparison.Ordinal))
            {
                return Holds("the messages above are on record");
            }

            if (DateTimeOffset.UtcNow > until)
            {
                return Fails("the messages above are not on record.", $"Look at {Flag.EnableAuditLogging}, and at the metrics of the audit trail.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), caller.Cancellation);
        }
    }

    private async Task<Result> AuditChainsAsync()
    {
        var reply = await caller.GetAsync("api/v1/admin/audit/verify", _adminToken);
        if (reply.Status != HttpStatusCode.OK)
        {
            return Fails($"answers {reply}.", "Look at triage's log.");
        }

        var (records, unknown) = (reply.Json.GetProperty("records").GetInt64(), reply.Json.GetProperty("unknownKeys").GetInt64());
        return !reply.Json.GetProperty("isWhole").GetBoolean()
            ? Fails($"are broken in {reply.Json.GetProperty("problems").GetArrayLength()} places.", "GET /api/v1/admin/audit/verify says where. Keep a copy of Redis' files before anything else is done.")
            : unknown > 0
                ? Fails($"{unknown} of {records} records are by keys that triage does not have.", "Name their keys in Audit:Keys.")
                : Holds($"{records} records are whole");
    }
}
