using CsCheck;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;

namespace LearnFlow.Tests.Triage.Audit;

/// <summary>A chain of records by itself: whatever is in them it holds together, and whatever is done to it shows.</summary>
public sealed class AuditEntryTests
{
    private const int Checks = 300;

    private static readonly AuditKeys Keys = AuditKit.Keys(AuditKit.NewKey());

    private static readonly Gen<AuditRecord> Record =
        from id in Gen.Guid
        from seconds in Gen.Long[0, 4_000_000_000]
        from actor in Gen.String[1, 20]
        from reason in Gen.String[0, 40]
        from length in Gen.Int[1, 45_000]
        from intent in Gen.Enum<Intent>()
        from isAction in Gen.Bool
        select new AuditRecord(
            id.ToString("N"), DateTimeOffset.UnixEpoch.AddSeconds(seconds),
            isAction ? AuditEvent.FlagSwitched : AuditEvent.Message, actor, "student")
        {
            RequestId = reason,
            Action = isAction ? new(actor, reason, null) : null,
            Message = isAction ? null : new() { Length = length, WordsHash = "hash", Intent = intent, Evidence = [reason, "a|b"] },
        };

    private static readonly Gen<AuditEntry[]> Chain = Record.Array[2, 8].Select(Chained);

    [Fact]
    public void Whatever_records_are_put_on_record_each_is_read_as_it_was_and_follows_the_one_before_it() => Chain.Sample(
        chain =>
        {
            var before = AuditHead.None;
            foreach (var entry in chain)
            {
                Assert.Equal(entry, AuditEntry.Parse(entry.Place, entry.ToString()));
                Assert.True(entry.IsIntact(Keys));
                Assert.Equal((before.Place, before.Hash), (entry.PreviousPlace, entry.PreviousHash));
                Assert.True(entry.Place > before.Place);
                Assert.Equal(entry, AuditEntry.Behind(before, entry.Record!, Keys));
                before = new(entry.Place, entry.Hash);
                Assert.Equal(before, AuditHead.Parse(before.ToText(Keys)));
                Assert.True(AuditHead.IsOurs(before.ToText(Keys), Keys));
            }
        },
        iter: Checks);

    [Fact]
    public void Whatever_character_of_an_entry_is_changed_and_wherever_it_is_moved_that_shows() => Gen
        .Select(Chain, Gen.Int[0, 10_000], Gen.Char[' ', '~'], Gen.Bool)
        .Sample(
            (chain, where, character, isErased) =>
            {
                var entry = isErased ? chain[^1].Erase(Keys) : chain[^1];
                var text = entry.ToString().ToCharArray();
                where %= text.Length;
                character = text[where] == character ? '~' : character;
                if (text[where] == character)
                {
                    return;
                }

                text[where] = character;

                Assert.True(Shows(entry, AuditEntry.Parse(entry.Place, new(text))), new(text));
                Assert.True(Shows(entry, AuditEntry.Parse(entry.Place + 1 + where, entry.ToString())));
            },
            iter: 20 * Checks);

    [Fact]
    public void Whatever_character_of_a_head_is_changed_that_shows() => Gen
        .Select(Chain, Gen.Int[0, 10_000], Gen.Char[' ', '~'])
        .Sample(
            (chain, where, character) =>
            {
                var text = new AuditHead(chain[^1].Place, chain[^1].Hash).ToText(Keys).ToCharArray();
                where %= text.Length;
                var isSame = text[where] == character;
                text[where] = character;

                Assert.Equal(isSame, AuditHead.IsOurs(new(text), Keys));
            },
            iter: 10 * Checks);

    [Fact]
    public void Of_an_erased_record_nothing_is_left_and_its_chain_stays_whole() => Chain.Sample(
        chain =>
        {
            foreach (var entry in chain)
            {
                var erased = entry.Erase(Keys);

                Assert.True(erased.IsErased && !entry.IsErased);
                Assert.Null(erased.Record);
                Assert.True(erased.IsIntact(Keys));
                Assert.Equal((entry.Place, entry.Hash, entry.PreviousHash), (erased.Place, erased.Hash, erased.PreviousHash));
                Assert.DoesNotContain(entry.Record!.Id, erased.ToString(), StringComparison.Ordinal);
                Assert.Matches(@"^![0-9a-f]{64}\|[\w-]+\|[\w-]+$", erased.Body);
                Assert.Equal(erased, AuditEntry.Parse(erased.Place, erased.ToString()));
                Assert.Equal(erased, erased.Erase(Keys));
            }
        },
        iter: Checks);

    [Fact]
    public void A_record_that_others_erased_shows() => Chain.Sample(
        chain =>
        {
            var (entry, other) = (chain[0], chain[1].Erase(Keys));
            var erased = entry.Erase(Keys);
            var digest = erased.Body.Split('|')[0];
            var stranger = AuditKit.Keys(AuditKit.NewKey());

            Assert.All(
                (string[])
                [
                    digest,
                    $"{digest}|{Keys.CurrentId}",
                    $"{digest}|{Keys.CurrentId}|",
                    // The proof of another erasure; one by a key that is not ours; one that names that key.
                    $"{digest}|{string.Join('|', other.Body.Split('|')[1..])}",
                    $"{digest}|{Keys.CurrentId}|{entry.Erase(stranger).Body.Split('|')[2]}",
                    entry.Erase(stranger).Body,
                    other.Body,
                ],
                body => Assert.False((entry with { Body = body }).IsIntact(Keys), body));
        },
        iter: Checks);

    [Fact]
    public void An_entry_is_no_ones_without_the_key()
    {
        var record = AuditKit.Record("maya", DateTimeOffset.UtcNow);
        var stranger = AuditKit.Keys(AuditKit.NewKey());
        var entry = AuditEntry.Behind(AuditHead.None, record, Keys);
        var forged = AuditEntry.Behind(AuditHead.None, record, stranger);

        Assert.False((entry with { Hash = $"{Keys.CurrentId}.{forged.Hash.Split('.')[1]}" }).IsIntact(Keys));
        Assert.False(Keys.Has(forged.KeyId));
        // Whoever says that it is of a key that we do not have changes its hash, which the entry behind it holds.
        Assert.NotEqual(entry.Hash, forged.Hash);
        Assert.NotEqual(entry.Hash, $"{forged.KeyId}.{entry.Hash.Split('.')[1]}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1|2|3")]
    [InlineData("x|hash|hash|{}")]
    [InlineData("-1|hash|hash|{}")]
    [InlineData("99999999999999999999|hash|hash|{}")]
    public void What_is_no_entry_is_read_as_none(string text) => Assert.Null(AuditEntry.Parse(1, text));

    private static bool Shows(AuditEntry was, AuditEntry? @is) => @is is null || @is.Hash != was.Hash || !@is.IsIntact(Keys);

    private static AuditEntry[] Chained(AuditRecord[] records)
    {
        List<AuditEntry> chain = [];
        var head = AuditHead.None;
        foreach (var record in records)
        {
            var entry = AuditEntry.Behind(head, record, Keys);
            chain.Add(entry);
            head = new(entry.Place, entry.Hash);
        }

        return [.. chain];
    }
}
