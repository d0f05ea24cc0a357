using LearnFlow.Tests.Integration;
using Microsoft.Playwright;

namespace LearnFlow.Tests.Browser;

/// <summary>The page as a newcomer meets it, in a real browser.</summary>
[Collection(GarnetCollection.Name)]
public sealed class PageTests(GarnetStack stack) : IAsyncLifetime
{
    private readonly List<string> _violations = [];
    private Chromium? _chromium;
    private IPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _chromium = await Chromium.StartAsync();
        _page = _chromium.Page;
        _page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _violations.Add(message.Text);
            }
        };
        _page.PageError += (_, error) => _violations.Add(error);
        await _page.GotoAsync(stack.Address.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_question_is_answered_with_why_it_went_there()
    {
        await AskAsync("what is a list comprehension?");

        await Assertions.Expect(_page.GetByTestId("answer")).ToContainTextAsync("List comprehensions");
        await _page.Locator("[data-testid=why] summary").ClickAsync();
        await Assertions.Expect(_page.GetByTestId("intent")).ToContainTextAsync("concept", new() { IgnoreCase = true });
        await Assertions.Expect(_page.GetByTestId("evidence")).ToContainTextAsync("list comprehension");
        Assert.Empty(_violations);
    }

    [Fact]
    public async Task An_exercise_is_set_run_and_handed_in()
    {
        await Sandboxes.RequireAsync(stack);
        await AskAsync("give me an exercise on loops");
        await Assertions.Expect(_page.GetByTestId("editor")).Not.ToHaveValueAsync("");

        await _page.GetByTestId("editor").FillAsync("print('from the browser')");
        await _page.GetByTestId("run").ClickAsync();
        await Assertions.Expect(_page.GetByTestId("run-output")).ToContainTextAsync("from the browser");

        await _page.GetByTestId("submit").ClickAsync();
        await Assertions.Expect(_page.GetByTestId("submission-result")).ToContainTextAsync("tests pass");
        Assert.Empty(_violations);
    }

    [Fact]
    public async Task A_students_HTML_is_shown_and_does_nothing()
    {
        const string attack = "NameError: name '<img src=x onerror=document.title=1>' is not defined";
        await AskAsync(attack);

        await Assertions.Expect(_page.GetByTestId("answer")).ToContainTextAsync("<img src=x");
        Assert.Equal(0, await _page.Locator("[data-testid=answer] img").CountAsync());
        Assert.Empty(_violations);
    }

    [Fact]
    public async Task The_browsable_API_shows_what_there_is()
    {
        await _page.GotoAsync(new Uri(stack.Address, "/scalar/v1").ToString());

        await Assertions.Expect(_page.GetByText("Ask, and get the right specialist's answer").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
    }

    private async Task AskAsync(string question)
    {
        await _page.GetByTestId("question").FillAsync(question);
        await _page.GetByTestId("ask").ClickAsync();
        await Assertions.Expect(_page.Locator("[data-testid=status][data-status=answered]")).ToBeAttachedAsync(
            new() { Timeout = 30_000 });
    }
}
