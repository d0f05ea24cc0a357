using System.Net;
using System.Net.Http.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>A stack whose sandbox has a place for one program, and for one that waits.</summary>
public sealed class SmallSandboxStack : LearnFlowStack<GarnetUnderTest>
{
    protected override IEnumerable<string> Settings => ["--Sandbox:Concurrency=1", "--Sandbox:MostWaiting=1"];
}

/// <summary>Running code, from the call to the sandbox and back.</summary>
public sealed class RunTests(SmallSandboxStack stack) : IClassFixture<SmallSandboxStack>
{
    [Fact]
    public async Task A_program_of_several_files_runs()
    {
        await Sandboxes.RequireAsync(stack);
        using var maya = await stack.SignInAsync("maya");

        using var reply = await maya.PostAsJsonAsync("/api/v1/run", new
        {
            code = "import helper\nprint(helper.read())",
            files = new Dictionary<string, string> { ["helper.py"] = "def read():\n    return open('data.csv').read()", ["data.csv"] = "a;b" },
        });

        Assert.Equal("a;b\n", (await reply.ReadAsync()).Text("output"));
    }

    [Fact]
    public async Task The_largest_program_fits()
    {
        await Sandboxes.RequireAsync(stack);
        using var maya = await stack.SignInAsync("maya");

        // Each of these characters is six bytes in JSON.
        using var reply = await maya.PostAsJsonAsync("/api/v1/run", new
        {
            code = "print(len(input()), len(open('data').read()))#".PadRight(20_000, '\u4e2d'),
            stdin = new string('\u4e2d', 20_000),
            files = new Dictionary<string, string> { ["data"] = new string('\u4e2d', 20_000) },
        });

        Assert.Equal("20000 20000\n", (await reply.ReadAsync()).Text("output"));
    }

    [Theory]
    [InlineData("""{"../main.py":""}""", "a name that does not fit")]
    [InlineData("""{"a/b.py":""}""", "a name that does not fit")]
    [InlineData("""{".bashrc":""}""", "a name that does not fit")]
    [InlineData("""{"":""}""", "a name that does not fit")]
    [InlineData("""{"Main.py":""}""", "belongs into code")]
    [InlineData("""{"a.py":"","A.py":""}""", "capital letters alone")]
    [InlineData("""{"a.py":null}""", "without content")]
    [InlineData("""{"1":"","2":"","3":"","4":"","5":"","6":"","7":"","8":"","9":"","10":"","11":""}""", "has 11 files; at most 10 fit")]
    [InlineData("long", "has 20001 characters in all; at most 20000 fit")]
    public async Task Files_that_do_not_fit_are_told(string files, string words)
    {
        using var maya = await stack.SignInAsync("maya");
        files = files == "long" ? $$"""{"a":"{{new string('x', 20_000)}}","b":"x"}""" : files;

        using var content = new StringContent($$"""{"code":"1","files":{{files}}}""", System.Text.Encoding.UTF8, "application/json");
        using var reply = await maya.PostAsync("/api/v1/run", content);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        var error = Assert.Single((await reply.ReadAsync()).GetProperty("errors").GetProperty("files").EnumerateArray());
        Assert.Contains(words, error.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_when_all_places_are_taken_is_told_theirs_and_gets_one_when_the_others_are_gone()
    {
        await Sandboxes.RequireAsync(stack);
        using var gone = new CancellationTokenSource();
        List<Task> others = [KeepRunningAsync("run-a", gone.Token), KeepRunningAsync("run-b", gone.Token)];
        using var third = stack.As("run-c");
        HttpResponseMessage? refused = null;
        await Eventually.HoldsAsync("there is no place", async () => (refused = await TryAsync(third)) is not null);

        using (refused)
        {
            var problem = await refused!.ReadAsync();
            problem.ShouldBeProblem(429, "");
            Assert.Equal("urn:learnflow:problem:sandbox-busy", problem.Text("type"));
            Assert.Equal(2, problem.GetProperty("place").GetInt32());
            Assert.Equal(problem.GetProperty("retryAfter").GetInt32(), refused!.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        }

        // A program ends when nobody waits for it, and makes room.
        await gone.CancelAsync();
        await Task.WhenAll(others.Select(other => Assert.ThrowsAnyAsync<OperationCanceledException>(() => other)));
        await Eventually.HoldsAsync("there is a place", async () =>
        {
            using var reply = await third.PostAsJsonAsync("/api/v1/run", new { code = "print(1)" });
            return reply.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_student_has_two_programs_at_a_time_and_no_more()
    {
        await Sandboxes.RequireAsync(stack);
        using var gone = new CancellationTokenSource();
        var own = Enumerable.Range(0, 2).Select(_ => KeepRunningAsync("run-d", gone.Token)).ToList();
        using var same = stack.As("run-d");
        HttpResponseMessage? refused = null;
        await Eventually.HoldsAsync("there is no place", async () => (refused = await TryAsync(same)) is not null);

        using (refused)
        {
            var problem = await refused!.ReadAsync();
            Assert.Contains("2 programs of yours", problem.Text("detail"), StringComparison.Ordinal);
            Assert.False(problem.TryGetProperty("place", out _));
            Assert.NotNull(refused!.Headers.RetryAfter);
        }

        await gone.CancelAsync();
        await Task.WhenAll(own.Select(one => Assert.ThrowsAnyAsync<OperationCanceledException>(() => one)));
    }

    private async Task KeepRunningAsync(string student, CancellationToken cancellation)
    {
        using var client = stack.As(student);
        while (true)
        {
            // Its five seconds may be over before it is to go.
            using var reply = await client.PostAsJsonAsync("/api/v1/run", new { code = "while True: pass" }, cancellation);
        }
    }

    /// <summary>The answer where the program is refused; null where it would wait for a place or has one.</summary>
    private static async Task<HttpResponseMessage?> TryAsync(HttpClient client)
    {
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            var reply = await client.PostAsJsonAsync("/api/v1/run", new { code = "print(1)" }, impatience.Token);
            if (reply.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return reply;
            }

            reply.Dispose();
            return null;
        }
        catch (OperationCanceledException) when (impatience.IsCancellationRequested)
        {
            return null;
        }
    }
}
