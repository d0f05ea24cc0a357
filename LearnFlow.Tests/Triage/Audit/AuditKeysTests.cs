using LearnFlow.Triage.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Triage.Audit;

/// <summary>The keys of the audit trail: which there are, and that they hash what nobody without them can.</summary>
public sealed class AuditKeysTests
{
    [Fact]
    public void The_first_key_is_that_of_what_is_new_and_the_others_are_known()
    {
        var (one, other) = (AuditKit.NewKey(), AuditKit.NewKey());
        var (before, after, without) = (AuditKit.Keys(one), AuditKit.Keys(other, one), AuditKit.Keys(other));

        Assert.Equal(without.CurrentId, after.CurrentId);
        Assert.True(after.Has(before.CurrentId));
        Assert.False(without.Has(before.CurrentId));
        Assert.Equal(before.Hash("words", "text"), after.Hash(before.CurrentId, "words", "text"));
        Assert.NotEqual(before.Hash("words", "text"), after.Hash("words", "text"));
        Assert.NotEqual(before.Hash("words", "text"), before.Hash("entry", "text"));
    }

    [Fact]
    public async Task Replicas_that_share_the_secret_of_tokens_share_a_key_which_is_not_that_secret()
    {
        var secret = AuditKit.NewKey();
        string[] settings = ["--Authentication:SigningKeys:0:Id=a", "--Authentication:SigningKeys:0:Algorithm=HS256", $"--Authentication:SigningKeys:0:Key={secret}"];
        await using var one = await TriageAlone.StartAsync("Development", settings);
        await using var other = await TriageAlone.StartAsync("Development", settings);
        var (first, second) = (one.Services.GetRequiredService<AuditKeys>(), other.Services.GetRequiredService<AuditKeys>());

        Assert.Equal(first.Hash("words", "text"), second.Hash("words", "text"));
        Assert.NotEqual(AuditKit.Keys(secret).Hash("words", "text"), first.Hash("words", "text"));
    }
}
