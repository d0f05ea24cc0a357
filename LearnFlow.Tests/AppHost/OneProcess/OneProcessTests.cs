using System.Net;
using System.Net.Sockets;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.AppHost.OneProcess;

/// <summary>The one-process face from outside: it starts, keeps what it was told, and says why where it cannot start.</summary>
public sealed class OneProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-apphost-").FullName;

    private string RedisFolder => Path.Combine(_folder, "redis");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_answered_outlives_a_clean_stop_and_a_kill_while_asking()
    {
        string first;
        using (var process = AppHostProcess.Start(_folder))
        {
            using var maya = await process.SignInAsync("maya");
            first = (await maya.AskAsync(new { query = "what is a list?" })).Text("requestId");
            Assert.Equal(0, await process.InterruptAsync());
            Assert.Contains($"{process.Address.Port}", process.Output, StringComparison.Ordinal);
            Assert.Contains("Aspire", process.Output, StringComparison.Ordinal);
        }

        var second = $"second-{Guid.NewGuid():N}";
        using (var process = AppHostProcess.Start(_folder))
        {
            using var maya = await process.SignInAsync("maya");
            Assert.Equal(HttpStatusCode.OK, await StatusOf(maya, first));

            // Many questions are under way when it dies; one of them was answered before.
            await maya.AskAsync(new { query = "what is a tuple?", requestId = second });
            var asking = Enumerable.Range(0, 20).Select(_ => Task.Run(() => maya.AskAsync(new { query = "what is a set?" }))).ToList();
            await Task.WhenAny(asking);
            await process.KillAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => maya.AskAsync(new { query = "what is a set?" }));
            await Task.WhenAll(asking.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
        }

        using (var process = AppHostProcess.Start(_folder))
        {
            using var maya = await process.SignInAsync("maya");
            Assert.Equal(HttpStatusCode.OK, await StatusOf(maya, first));
            Assert.Equal("answered", (await maya.AskAsync(new { query = "what is a tuple?", requestId = second })).Text("status"));
        }
    }

    [Fact]
    public async Task A_question_that_is_under_way_is_answered_when_it_is_stopped()
    {
        using var process = AppHostProcess.Start(_folder);
        using var signedIn = await process.SignInAsync("maya");
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using var maya = new HttpClient(handler) { BaseAddress = process.Address };
        using var content = new HeldContent("""{"query":"what is a list?"}""");
        using var question = new HttpRequestMessage(HttpMethod.Post, "/api/v1/triage") { Content = content };
        question.Headers.Authorization = signedIn.DefaultRequestHeaders.Authorization;
        question.Headers.ExpectContinue = true;

        var asking = maya.SendAsync(question);
        await content.Wanted;
        await process.SignalInterruptAsync();
        await Eventually.HoldsAsync("no new connection is accepted", async () =>
        {
            using var another = new TcpClient();
            try
            {
                await another.ConnectAsync(IPAddress.Loopback, process.Address.Port);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        });
        content.Release();

        using var answer = await asking;
        Assert.Equal("answered", (await answer.ReadAsync()).Text("status"));
        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task A_taken_port_is_named_with_its_setting()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;

        using var process = AppHostProcess.Start(_folder, $"--{Topology.PortSetting(Topology.Triage)}={taken}");

        await CannotStartAsync(process, $"{taken}", Topology.PortSetting(Topology.Triage));
    }

    [Theory]
    [InlineData("--Authentication:SigningKeys:0:Key=c2hvcnQ=", "Authentication:SigningKeys:0:Key")]
    [InlineData("--Audit:Keys:0=c2hvcnQ=", "Audit:Keys:0")]
    [InlineData("--Sandbox:Concurrency=0", "Sandbox:Concurrency")]
    [InlineData("--Agents:Roles=cooking", "Agents:Roles")]
    [InlineData("--LearnFlow:Ports:triage=none", "LearnFlow:Ports:triage")]
    public async Task A_wrong_setting_is_named(string argument, string setting)
    {
        using var process = AppHostProcess.Start(_folder, argument);

        await CannotStartAsync(process, setting);
        Assert.DoesNotContain("c2hvcnQ=", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named_with_its_setting()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "a file is no folder");

        using var process = AppHostProcess.Start(Path.Combine(file, "data"));

        await CannotStartAsync(process, file, Topology.DataFolderSetting);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("cut off")]
    [InlineData("gone")]
    public async Task Damaged_data_is_told_and_left_as_it_is(string damage)
    {
        using (var process = AppHostProcess.Start(_folder))
        {
            using var maya = await process.SignInAsync("maya");
            await maya.AskAsync(new { query = "what is a list?" });
            await process.InterruptAsync();
        }

        var log = Directory.EnumerateFiles(RedisFolder, "aof.log*", SearchOption.AllDirectories).Single();
        var content = await File.ReadAllBytesAsync(log);
        switch (damage)
        {
            case "changed": content[content.Length / 2] ^= 0xff; break;
            case "cut off": content = content[..(content.Length / 2)]; break;
            case "gone": content = []; break;
        }

        await File.WriteAllBytesAsync(log, content);

        using (var process = AppHostProcess.Start(_folder))
        {
            await CannotStartAsync(process, RedisFolder, "damaged");
        }

        Assert.Equal(content, await File.ReadAllBytesAsync(log));
    }

    [Fact]
    public async Task Data_that_vanished_after_a_kill_is_told()
    {
        using (var process = AppHostProcess.Start(_folder))
        {
            using var maya = await process.SignInAsync("maya");
            await process.KillAsync();
        }

        Directory.Delete(Path.Combine(RedisFolder, "AOF"), recursive: true);

        using (var process = AppHostProcess.Start(_folder))
        {
            await CannotStartAsync(process, RedisFolder, "damaged");
        }
    }

    [Fact]
    public async Task A_folder_in_use_is_told()
    {
        using var process = AppHostProcess.Start(_folder);
        using var maya = await process.SignInAsync("maya");

        using var second = AppHostProcess.Start(_folder);

        await CannotStartAsync(second, RedisFolder, "Another LearnFlow");
        Assert.Equal("answered", (await maya.AskAsync(new { query = "what is a list?" })).Text("status"));
    }

    [Theory]
    [InlineData("--publisher", "manifest")]
    [InlineData("--operation", "publish")]
    public async Task Publishing_is_refused_with_the_way_to_do_it(params string[] arguments)
    {
        using var process = AppHostProcess.Start(_folder, arguments);

        await CannotStartAsync(process, "UseAspire=true");
    }

    private static async Task CannotStartAsync(AppHostProcess process, params string[] words)
    {
        Assert.Equal(1, await process.ExitAsync());
        Assert.All(words, word => Assert.Contains(word, process.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusOf(HttpClient client, string requestId)
    {
        using var reply = await client.GetAsync($"/api/v1/triage/{requestId}");
        return reply.StatusCode;
    }
}
