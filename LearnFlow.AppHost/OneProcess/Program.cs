using LearnFlow.AppHost;
using LearnFlow.AppHost.OneProcess;
using LearnFlow.ServiceDefaults;
using Microsoft.Extensions.Hosting;

return await ServiceProgram.RunAsync(async () =>
{
    Publishing.Refuse(args);
    var settings = OneProcessSettings.Read(args);
    settings.RequireFreePorts();
    using var redis = EmbeddedRedis.Start(settings.RedisPort, settings.RedisFolder);

    await using var agents = LearnFlow.Agents.Program.Create(settings.ForAgents(redis.ConnectionString));
    await using var triage = LearnFlow.Triage.Program.Create(settings.ForTriage(redis.ConnectionString));
    await agents.StartAsync();
    await triage.StartAsync();
    Console.WriteLine(settings.Greeting);

    // Triage first, so that the messages that it has begun still find their agents.
    await triage.WaitForShutdownAsync();
    await agents.StopAsync();
});
