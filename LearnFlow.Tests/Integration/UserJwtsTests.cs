using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Configuration;

namespace LearnFlow.Tests.Integration;

/// <summary>The tool <c>dotnet user-jwts</c>, called as it is documented, in a home folder of its own.</summary>
public sealed class UserJwtsTests : IDisposable
{
    private const string Settings = "appsettings.Development.json";

    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-user-jwts-").FullName;

    private static string Repository => Path.GetDirectoryName(DataFolder.Root(new ConfigurationBuilder().Build()))!;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Its_token_is_believed_in_Development_alone_and_calling_it_changes_no_file_of_ours()
    {
        CopyProject();
        var token = await CreateTokenAsync("learnflow");
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(Repository, "LearnFlow.Triage", Settings)),
            await File.ReadAllBytesAsync(Path.Combine(_folder, "LearnFlow.Triage", Settings)));
        var forOthers = await CreateTokenAsync("others");

        using (var triage = await TriageProcess.StartAsync(_folder, "Development"))
        {
            // No such message, and told so only to who may come in.
            Assert.Equal(HttpStatusCode.NotFound, await triage.StatusOfAsync(token));
            Assert.Equal(HttpStatusCode.Unauthorized, await triage.StatusOfAsync(forOthers));
        }

        using (var triage = await TriageProcess.StartAsync(
            _folder, "Production", "--Authentication:SigningKeys:0:Id=a",
            $"--Authentication:SigningKeys:0:Key={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}"))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await triage.StatusOfAsync(token));
        }
    }

    private void CopyProject()
    {
        var project = Directory.CreateDirectory(Path.Combine(_folder, "LearnFlow.Triage")).FullName;
        foreach (var file in (string[])["LearnFlow.Triage.csproj", Settings])
        {
            File.Copy(Path.Combine(Repository, "LearnFlow.Triage", file), Path.Combine(project, file));
        }

        File.Copy(Path.Combine(Repository, "Directory.Build.props"), Path.Combine(_folder, "Directory.Build.props"));
    }

    private async Task<string> CreateTokenAsync(string audience)
    {
        var start = Start(
            _folder,
            [
                "user-jwts", "create", "--project", "LearnFlow.Triage", "--name", "maya", "--role", "student",
                "--audience", audience, "--valid-for", "8h", "--output", "token",
            ]);
        start.WorkingDirectory = _folder;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2));
        var token = (await output).Trim();
        Assert.True(process.ExitCode == 0 && token.Split('.').Length == 3, $"{token}{await error}");
        return token;
    }

    /// <summary>A call of <c>dotnet</c> that keeps everything in a home folder.</summary>
    private static ProcessStartInfo Start(string home, IEnumerable<string> arguments) => new("dotnet", arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment =
        {
            ["HOME"] = home,
            ["APPDATA"] = home,
            ["DOTNET_CLI_HOME"] = home,
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "0",
        },
    };

    /// <summary>Triage as a process of its own, which reads the user secrets of a home folder in Development.</summary>
    private sealed class TriageProcess(Process process, Uri address) : IDisposable
    {
        public static async Task<TriageProcess> StartAsync(string home, string environment, params string[] settings)
        {
            var port = Tools.FreePort();
            var start = Start(home,
            [
                Path.Combine(AppContext.BaseDirectory, "LearnFlow.Triage.dll"),
                $"--environment={environment}",
                $"--urls=http://127.0.0.1:{port}",
                $"--{Topology.RedisSetting}=127.0.0.1:{Tools.FreePort()}",
                $"--{Topology.DataFolderSetting}={home}",
                .. settings,
            ]);
            start.WorkingDirectory = home;
            var triage = new TriageProcess(Process.Start(start)!, new Uri($"http://127.0.0.1:{port}"));
            triage.Drain();
            await Eventually.HoldsAsync("triage answers", triage.AnswersAsync);
            return triage;
        }

        public async Task<HttpStatusCode> StatusOfAsync(string token)
        {
            using var client = new HttpClient { BaseAddress = address };
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
            using var reply = await client.GetAsync("/api/v1/triage/no%20id");
            return reply.StatusCode;
        }

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        /// <summary>Else it would wait for somebody to read what it says.</summary>
        private void Drain()
        {
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        private async Task<bool> AnswersAsync()
        {
            Assert.False(process.HasExited);
            using var client = new HttpClient { BaseAddress = address };
            try
            {
                using var alive = await client.GetAsync("/alive");
                return alive.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
