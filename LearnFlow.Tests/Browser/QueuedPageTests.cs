using LearnFlow.Tests.Integration;
using Microsoft.Playwright;

namespace LearnFlow.Tests.Browser;

/// <summary>The page while a specialist is away.</summary>
public sealed class QueuedPageTests(QueueOverGarnetStack stack) : IClassFixture<QueueOverGarnetStack>
{
    [Fact]
    public async Task A_question_that_is_kept_is_answered_on_the_page_when_its_specialist_is_back()
    {
        stack.Agents.Reply = AgentStandIn.HangsUp;
        await using var chromium = await Chromium.StartAsync();
        await chromium.Page.GotoAsync(stack.Address.ToString());

        await chromium.Page.GetByTestId("question").FillAsync("NameError: name 'total' is not defined");
        await chromium.Page.GetByTestId("ask").ClickAsync();
        await StatusIsAsync("queued");
        // Help meanwhile, from another specialist.
        await Assertions.Expect(chromium.Page.GetByTestId("answer")).ToContainTextAsync("Meanwhile");
        stack.Agents.Reply = AgentStandIn.Answers("At last.");

        await StatusIsAsync("answered");
        await Assertions.Expect(chromium.Page.GetByTestId("answer")).ToContainTextAsync("At last.");

        Task StatusIsAsync(string status) => Assertions.Expect(chromium.Page.Locator($"[data-testid=status][data-status={status}]"))
            .ToBeAttachedAsync(new() { Timeout = 30_000 });
    }
}
