using System.Globalization;
using System.Net;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LearnFlow.Triage.Commands.Verify;

/// <content>Who gets in, and what everybody is told.</content>
internal sealed partial class Verification
{
    private async Task<Result> HealthAsync()
    {
        Reply reply;
        try
        {
            reply = await caller.GetAsync(Topology.HealthPath);
        }
        catch (HttpRequestException exception)
        {
            return Fails($"nothing answers at {caller.Url}: {exception.Message}", "Check --url, and that triage runs and can be reached from here.");
        }

        if (!reply.IsJson || !reply.Json.TryGetProperty("status", out var status))
        {
            return Fails($"what answers at {caller.Url} ({reply}) is no LearnFlow.", "Check --url; behind a gateway that lets only some routes through, ask triage itself.");
        }

        _isThere = true;
        var unhealthy = reply.Json.GetProperty("checks").EnumerateObject()
            .Where(check => check.Value.Text("status") != "Healthy")
            .Select(check => $"{check.Name}: {(check.Value.TryGetProperty("description", out var description) ? description : "")}")
            .ToList();
        return reply.Status != HttpStatusCode.OK || unhealthy.Count > 0
            ? Fails($"{status}: {string.Join(' ', unhealthy)}", "Triage's log has more.")
            : Holds($"{status}, version {reply.Json.Text("version")}");
    }

    private async Task<Result> AliveAsync()
    {
        var reply = await caller.GetAsync(Topology.AlivePath);
        return reply.Status == HttpStatusCode.OK ? Holds("answers") : Fails($"{Topology.AlivePath} answers {reply}.", "Whoever asks this to see whether to restart triage will restart it.");
    }

    private async Task<Result> PageAsync()
    {
        var reply = await caller.GetAsync("");
        return reply.Status == HttpStatusCode.OK && reply.MediaType == MediaTypeNames.Text.Html
            ? Holds("is there")
            : Fails($"/ answers {reply}.", "The folder Page belongs beside the program, and what stands in front must let / through.");
    }

    private async Task<Result> DescriptionAsync()
    {
        var reply = await caller.GetAsync("openapi/v1.json");
        return reply is { Status: HttpStatusCode.OK, IsJson: true } && reply.Json.GetProperty("paths").TryGetProperty($"/{Ask}", out _)
            ? Holds($"{reply.Json.GetProperty("paths").EnumerateObject().Count()} paths")
            : Fails($"/openapi/v1.json answers {reply}.", "Look whether what stands in front lets it through.");
    }

    private async Task<Result> MetricsAsync()
    {
        var reply = await caller.GetAsync(Topology.MetricsPath);
        if (reply.IsProblem(ProblemType.SwitchedOff))
        {
            return Fails("are switched off.", $"Switch {Flag.EnablePrometheusMetrics} on, or nobody is alerted.");
        }

        if (reply.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
        {
            return NotChecked("cannot be reached from here, which is as well; Prometheus must see them from inside.");
        }

        var missing = AgentRole.All.Where(role => !reply.Text.Contains($"agent=\"{role.Resource}\"", StringComparison.Ordinal)).ToList();
        return reply.Status == HttpStatusCode.OK && reply.Text.Contains("learnflow_triage_breaker_state", StringComparison.Ordinal) && missing.Count == 0
            ? Holds($"{reply.Text.Split('\n').Count(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))} of them")
            : Fails($"{Topology.MetricsPath} answers {reply} and not the breakers of all agents.", "Look at triage's log.");
    }

    private async Task<Result> TokenAsync()
    {
        if (_token is null)
        {
            (_token, _adminToken) = (await SignInAsync("maya"), _adminToken ?? await SignInAsync("admin"));
            return _token is null
                ? Fails("there is none, and nobody can sign in as a demo user here.", $"Give one with --token or {VerifyCommand.TokenVariable}.")
                : Holds("signed in as demo user, as anybody can: this is Development");
        }

        var reply = await caller.GetAsync(Breakers, _token);
        if (reply.Status == HttpStatusCode.OK)
        {
            return Holds("is believed");
        }

        _token = null;
        return Fails($"is not believed: {reply}.", "It may have expired, or be by another issuer or key, or for another audience, than triage is told to believe.");
    }

    private async Task<string?> SignInAsync(string user)
    {
        var reply = await caller.SendAsync(HttpMethod.Post, "api/v1/session", null, new() { ["user"] = user });
        return reply is { Status: HttpStatusCode.OK, IsJson: true } ? reply.Json.Text("accessToken") : null;
    }

    private async Task<Result> NoTokenAsync()
    {
        var open = new List<string>();
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Post, Ask), (HttpMethod.Get, Breakers), (HttpMethod.Get, Flags)])
        {
            var reply = await caller.SendAsync(method, path, null, method == HttpMethod.Post ? new() { ["query"] = OutOfScope } : null);
            if (reply.Status != HttpStatusCode.Unauthorized || !reply.IsProblem(ProblemType.Unauthenticated))
            {
                open.Add($"{method} /{path} answers {reply}");
            }
        }

        return open.Count == 0
            ? Holds("is refused with 401")
            : Fails($"{string.Join(", ", open)} and not 401.", $"Switch {Flag.EnableJwtValidation} on, and look at what stands in front.");
    }

    private async Task<Result> WrongTokensAsync()
    {
        var believed = new List<string>();
        foreach (var (name, token) in Forgeries())
        {
            var reply = await caller.GetAsync(Breakers, token);
            if (reply.Status != HttpStatusCode.Unauthorized)
            {
                believed.Add($"{name} ({reply})");
            }
        }

        return believed.Count == 0
            ? Holds("are refused with 401: no JWT, unsigned, by another key, with a changed signature")
            : Fails($"not refused: {string.Join(", ", believed)}.", $"Switch {Flag.EnableJwtValidation} on; in production it cannot be off.");
    }

    private IEnumerable<(string Name, string Token)> Forgeries()
    {
        yield return ("one that is no JWT", "no-token");

        // What the right one says, where there is one, so that nothing but the signature is wrong.
        var claims = _token is null
            ? Encode(new JsonObject { ["sub"] = "nobody", ["role"] = Roles.Admin, ["iss"] = TokenOptions.DefaultIssuer, ["aud"] = "learnflow", ["exp"] = _started.AddHours(1).ToUnixTimeSeconds() })
            : new JsonWebToken(_token).EncodedPayload;
        yield return ("an unsigned one", $"{Encode(new() { ["alg"] = "none" })}.{claims}.");
        var content = $"{Encode(new() { ["alg"] = SigningKey.Hs256, ["typ"] = "JWT" })}.{claims}";
        yield return ("one by another key", $"{content}.{Base64(HMACSHA256.HashData(RandomNumberGenerator.GetBytes(32), Encoding.ASCII.GetBytes(content)))}");
        if (_token is not null)
        {
            var signature = new JsonWebToken(_token).EncodedSignature;
            yield return ("one with a changed signature", $"{_token[..^signature.Length]}{(signature[0] == 'A' ? 'B' : 'A')}{signature[1..]}");
        }

        static string Encode(JsonObject json) => Base64(Encoding.UTF8.GetBytes(json.ToJsonString()));
        static string Base64(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    private async Task<Result> RolesAsync()
    {
        var role = new JsonWebToken(_token).TryGetPayloadValue<string>(Tokens.RoleClaim, out var claim) ? claim : "";
        if (role == Roles.Admin)
        {
            return NotChecked("needs a student's token; this one is an admin's.");
        }

        var reply = await caller.GetAsync(Flags, _token);
        return reply.Status == HttpStatusCode.Forbidden
            ? Holds($"a {role} is no admin")
            : Fails($"/{Flags} answers {reply} to a {role}.", "Only admins may; look at what stands in front, and at the release.");
    }

    private async Task<Result> SecurityHeadersAsync()
    {
        var missing = new List<string>();
        Require(await caller.GetAsync(Breakers, _token), $"/{Breakers}",
            ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "default-src 'none'"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-store"), (RequestIdentity.Header, ""));
        Require(await caller.GetAsync(""), "/",
            ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "frame-ancestors 'none'"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Referrer-Policy", "no-referrer"));
        return missing.Count == 0
            ? Holds("are set")
            : Fails($"missing: {string.Join(", ", missing)}.", "Triage sets them; what stands in front must not take them away.");

        void Require(Reply reply, string path, params (string Name, string Value)[] headers) => missing.AddRange(headers
            .Concat(caller.Url.Scheme == "https" && !caller.Url.IsLoopback ? [("Strict-Transport-Security", "max-age")] : [])
            .Where(header => reply.Header(header.Name)?.Contains(header.Value, StringComparison.OrdinalIgnoreCase) != true)
            .Select(header => $"{header.Name} of {path}"));
    }

    private async Task<Result> BoundsAsync()
    {
        var wrong = new List<string>();
        foreach (var (query, field) in ((string, string)[])[("", "query"), (new string('x', 5_001), "query")])
        {
            var reply = await AskAsync(new() { ["query"] = query });
            if (reply.Status != HttpStatusCode.BadRequest || !reply.IsProblem(ProblemType.InvalidInput)
                || !reply.Json.GetProperty("errors").TryGetProperty(field, out _)
                || reply.Json.Text("requestId") != reply.Header(RequestIdentity.Header))
            {
                wrong.Add($"{query.Length} characters: {reply}");
            }
        }

        return wrong.Count == 0
            ? Holds("0 and 5,001 characters are refused, with the field and the requestId")
            : Fails($"{string.Join(", ", wrong)}, and not 400 with the field and the requestId.", "Look at what stands in front, and at the release.");
    }

    private async Task<Result> RateLimitAsync()
    {
        // Messages that leave the window meanwhile, and others of the same student, disturb a pair.
        const int pairs = 3;
        var seen = "";
        for (var pair = 0; pair < pairs; pair++)
        {
            var (before, first) = Standing(await AskAsync(new() { ["query"] = OutOfScope }));
            var (after, second) = Standing(await AskAsync(new() { ["query"] = OutOfScope }));
            seen = $"{first}, then {second}";
            if (before is not { } one || after is not { } two)
            {
                return Fails(
                    "answers carry no RateLimit and RateLimit-Policy of \"messages\".",
                    $"Switch {Flag.EnableRateLimiting} on, and look whether what stands in front takes them away.");
            }

            if (one.Limit == two.Limit && one.Free < one.Limit && two.Free == one.Free - 1)
            {
                return Holds($"{one.Limit} messages a minute; of two messages in a row each counts for one");
            }
        }

        return Fails($"two messages in a row do not count for two: {seen}.", "Does somebody else use the token? Otherwise look whether all replicas have the same Redis.");
    }

    private static ((int Limit, int Free)? Numbers, string Text) Standing(Reply reply)
    {
        var (policy, standing) = (reply.Header("RateLimit-Policy") ?? "", reply.Header("RateLimit") ?? "");
        var (limit, free) = (PolicyField().Match(policy), StandingField().Match(standing));
        return (limit.Success && free.Success && Number(free, 2) is > 0 and <= 60 ? (Number(limit, 1), Number(free, 1)) : null, $"{policy} {standing}");

        static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    private async Task<Result> BreakersAsync()
    {
        var reply = await caller.GetAsync(Breakers, _token);
        var states = reply.Json.GetProperty("breakers").EnumerateArray().ToDictionary(breaker => breaker.Text("agent"), breaker => breaker.Text("state"));
        var missing = AgentRole.All.Where(role => !states.ContainsKey(role.Resource)).Select(role => role.Resource).ToList();
        return missing.Count == 0
            ? Holds($"{states.Count(state => state.Value == "closed")} of {states.Count} are closed")
            : Fails($"there is none for {string.Join(", ", missing)}.", "Look at the release.");
    }

    [GeneratedRegex("^\"messages\";q=([0-9]{1,6});w=60$")]
    private static partial Regex PolicyField();

    [GeneratedRegex("^\"messages\";r=([0-9]{1,6});t=([0-9]{1,2})$")]
    private static partial Regex StandingField();
}
