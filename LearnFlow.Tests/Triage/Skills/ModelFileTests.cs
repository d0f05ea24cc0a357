using CsCheck;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>A file that is no model is told, whatever is in it.</summary>
public sealed class ModelFileTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_model_is_read_as_it_was_written()
    {
        var bytes = SmallModel();

        ModelFile.Write(_file, ModelFile.Read(_file));

        Assert.Equal(bytes, File.ReadAllBytes(_file));
    }

    [Fact]
    public void A_model_that_is_cut_off_anywhere_is_told()
    {
        var bytes = SmallModel();
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_file, bytes[..length]);

            Assert.Contains(_file, Assert.Throws<StartupException>(() => ModelFile.Read(_file)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_model_with_wrong_bytes_is_read_or_told()
    {
        var bytes = SmallModel();
        // 0xff and 0x0f make numbers that are huge or below zero.
        var wrong = Gen.OneOf(Gen.Byte, Gen.Const((byte)0xff), Gen.Const((byte)0x0f)).Array[1, 6];
        Generated.Check(Gen.Select(Gen.Int[0, bytes.Length], wrong), 1_000, output, change =>
        {
            var (at, values) = change;
            var file = Path.GetTempFileName();
            File.WriteAllBytes(file, [.. bytes[..at], .. values, .. bytes.Skip(at + values.Length)]);

            Assert.True(Record.Exception(() => ModelFile.Read(file)) is null or StartupException);

            File.Delete(file);
        });
    }

    [Fact]
    public void A_model_with_a_number_below_zero_in_any_place_is_read_or_told()
    {
        var bytes = SmallModel();
        for (var at = 0; at < bytes.Length; at++)
        {
            File.WriteAllBytes(_file, [.. bytes[..at], 0xff, 0xff, 0xff, 0xff, 0x0f, .. bytes.Skip(at + 1)]);

            Assert.True(Record.Exception(() => ModelFile.Read(_file)) is null or StartupException, $"byte {at}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("{\"text\":\"no model\"}")]
    [InlineData("LearnFlow model 1")]
    [InlineData("\u0010LearnFlow model")]
    [InlineData("\u0011LearnFlow model 0")]
    [InlineData("\u0011LearnFlow model 1")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff\u000f and more")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff and more")]
    public void A_file_that_is_none_is_told(string content)
    {
        File.WriteAllBytes(_file, [.. content.Select(c => (byte)c)]);

        Assert.Contains(_file, Assert.Throws<StartupException>(() => ModelFile.Read(_file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.model")]
    [InlineData("missing/intents.model")]
    public void A_file_that_is_not_there_is_told_with_what_makes_one(string name)
    {
        var error = Assert.Throws<StartupException>(() => ModelFile.Read(Path.Combine(Path.GetTempPath(), "learnflow-nowhere", name)));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("train", error.Message, StringComparison.Ordinal);
    }

    private byte[] SmallModel()
    {
        ModelFile.Write(_file, SkillTrainer.Train([new("cat dog", "animals"), new("red blue", "colours"), new("cat", "animals")], null));
        return File.ReadAllBytes(_file);
    }
}
