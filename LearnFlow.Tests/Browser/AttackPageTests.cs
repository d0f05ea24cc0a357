using System.Text.Json;
using LearnFlow.Tests.Integration;
using Microsoft.Playwright;

namespace LearnFlow.Tests.Browser;

/// <summary>In a real browser no attack runs, be it a student's own words or an agent's answer.</summary>
[Collection(InputCollection.Name)]
public sealed class AttackPageTests(InputStack stack) : IAsyncLifetime
{
    private const string Title = "LearnFlow · a patient tutor for Python";

    /// <summary>
    /// Asks from within the page and waits for what comes; then tells what has run, and what stands in the document that our
    /// own renderer would not put there.
    /// </summary>
    private const string Ask = """
        async text => {
          const $ = id => document.getElementById(id);
          $("question").value = text;
          $("code").value = text;
          $("error").value = text;
          $("ask").click();
          while ($("status").dataset.status === "thinking") await new Promise(done => setTimeout(done, 5));
          document.querySelectorAll("details").forEach(details => details.open = true);
          await new Promise(done => setTimeout(done, 5));
          const all = [...document.body.querySelectorAll("*")];
          return {
            status: $("status").dataset.status,
            title: document.title,
            pwned: "pwned" in window,
            violations: window.violations,
            shown: $("answer").textContent.length,
            foreign: all.filter(node => /^(script|iframe|object|embed|base|meta|link|style|math|video|audio|form|img)$/i.test(node.localName)
              && !["ask-form"].includes(node.id)).map(node => node.outerHTML)
              .concat(all.filter(node => [...node.attributes].some(attribute => attribute.name.startsWith("on"))).map(node => node.outerHTML))
              .concat(all.filter(node => node.localName === "a" && !["http:", "https:", "mailto:"].includes(node.protocol)).map(node => node.outerHTML)),
          };
        }
        """;

    private readonly List<string> _seen = [];
    private Chromium? _chromium;
    private IPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _chromium = await Chromium.StartAsync();
        _page = _chromium.Page;
        await _page.AddInitScriptAsync("""
            window.violations = [];
            addEventListener("securitypolicyviolation", event => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
            """);
        _page.Dialog += async (_, dialog) =>
        {
            _seen.Add($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        _page.Popup += (_, popup) => _seen.Add($"window: {popup.Url}");
        _page.PageError += (_, error) => _seen.Add($"error: {error}");
        _page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(stack.Address.ToString(), StringComparison.Ordinal)
                && !request.Url.StartsWith("data:image/svg+xml,%3Csvg", StringComparison.Ordinal))
            {
                _seen.Add($"request: {request.Url}");
            }
        };
        _page.FrameNavigated += (_, frame) => _seen.AddRange(frame.Url == stack.Address.ToString() ? [] : [$"navigation: {frame.Url}"]);
        // Whatever the skills think of an attack, it goes to an agent.
        await _page.RouteAsync("**/api/v1/triage", async route =>
        {
            var body = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(route.Request.PostData!)!;
            body["intent"] = JsonSerializer.SerializeToElement("exercise_request");
            await route.ContinueAsync(new() { PostData = JsonSerializer.SerializeToUtf8Bytes(body) });
        });
        await _page.GotoAsync(stack.Address.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        stack.Agents.Reply = EchoStack<GarnetUnderTest>.Echo;
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }
    }

    [Fact]
    public async Task Nothing_runs_that_a_student_writes_or_an_agent_answers()
    {
        foreach (var attack in GateTexts.Attacks.Where(attack => attack.Kind is "xss" or "template").Select(attack => attack.Text))
        {
            // Uncleaned, and in every field that the page shows.
            stack.Agents.Reply = (_, context) => Microsoft.AspNetCore.Http.HttpResponseJsonExtensions.WriteAsJsonAsync(context.Response, new
            {
                markdown = $"{attack}\n\n# {attack}\n\n- {attack}\n\n> {attack}\n\n**{attack}** `{attack}`\n\n```python\n{attack}\n```\n\n| {attack} | b |\n|---|---|\n| {attack} | c |",
                exercise = new { id = attack, title = attack, topic = attack, level = attack, markdown = attack, starter = attack, hints = new[] { attack } },
            });

            ShouldBeUnharmed(attack, "answered", await _page.EvaluateAsync<JsonElement>(Ask, attack));
            await _page.GetByTestId("hints").Locator("button").ClickAsync();
        }

        // As a problem's words.
        foreach (var attack in GateTexts.AttacksOf("xss"))
        {
            stack.Agents.Reply = (_, context) =>
            {
                context.Response.StatusCode = 400;
                return Microsoft.AspNetCore.Http.HttpResponseJsonExtensions.WriteAsJsonAsync(
                    context.Response,
                    new { type = "urn:learnflow:problem:invalid-input", title = attack, status = 400, detail = attack, errors = new Dictionary<string, string[]> { [attack] = [attack], ["code"] = [attack] } },
                    options: null,
                    "application/problem+json");
            };

            ShouldBeUnharmed(attack, "problem", await _page.EvaluateAsync<JsonElement>(Ask, attack));
        }
    }

    private void ShouldBeUnharmed(string attack, string status, JsonElement page)
    {
        var seen = $"{attack}: {page}";
        Assert.True(page.Text("status") == status, seen);
        Assert.True(page.Text("title") == Title, seen);
        Assert.False(page.GetProperty("pwned").GetBoolean(), seen);
        Assert.True(page.GetProperty("violations").GetArrayLength() == 0, seen);
        Assert.True(page.GetProperty("foreign").GetArrayLength() == 0, seen);
        Assert.True(status == "problem" || page.GetProperty("shown").GetInt32() > attack.Length, seen);
        Assert.True(_seen.Count == 0, $"{string.Join('\n', _seen)}\nfor {attack}");
    }
}
