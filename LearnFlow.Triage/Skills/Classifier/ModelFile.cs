using LearnFlow.ServiceDefaults;

namespace LearnFlow.Triage.Skills;

/// <summary>A trained model with its calibration, as it lies in a file.</summary>
/// <param name="Model">The linear model.</param>
/// <param name="Calibration">How its scores and those of the phrases become confidences.</param>
/// <param name="WithoutModel">The same for the phrases alone.</param>
/// <param name="LeastLead">By how much a label must lead "out of scope", in the model's own scores, to be believed where the model decides alone.</param>
/// <param name="Source">Fingerprint of what it was trained from.</param>
public sealed record TrainedModel(LinearModel Model, Calibration Calibration, Calibration WithoutModel, double LeastLead, string Source);

/// <summary>
/// Reads and writes models. The file is what it says from front to back: mark, source, calibrations, labels, words, then
/// the rows as their buckets' distances, scales and weights. Nothing in it depends on the machine.
/// </summary>
public static class ModelFile
{
    private const string Mark = "LearnFlow model 1";

    /// <summary>Writes a model.</summary>
    /// <param name="file">The file; its folder exists.</param>
    /// <param name="trained">The model.</param>
    public static void Write(string file, TrainedModel trained)
    {
        using var writer = new BinaryWriter(File.Create(file));
        var model = trained.Model;
        writer.Write(Mark);
        writer.Write(trained.Source);
        WriteCalibration(writer, trained.Calibration);
        WriteCalibration(writer, trained.WithoutModel);
        writer.Write(trained.LeastLead);
        writer.Write(model.HasFinePieces);
        WriteStrings(writer, model.Labels);
        WriteStrings(writer, model.Vocabulary.Words);
        writer.Write7BitEncodedInt(model.Buckets.Length);
        var before = 0;
        foreach (var bucket in model.Buckets)
        {
            writer.Write7BitEncodedInt(bucket - before);
            before = bucket;
        }

        foreach (var scale in model.Scales)
        {
            writer.Write((Half)scale);
        }

        foreach (var weight in model.Weights)
        {
            writer.Write(weight);
        }
    }

    /// <summary>Reads a model.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="StartupException">There is no such file, or it is no model.</exception>
    public static TrainedModel Read(string file)
    {
        if (!File.Exists(file))
        {
            throw new StartupException($"There is no model {file}; make it with the command \"train\".");
        }

        using var reader = new BinaryReader(new MemoryStream(File.ReadAllBytes(file), writable: false));
        try
        {
            return reader.ReadString() == Mark
                ? Read(reader)
                : throw new StartupException($"{file} is a model of another version; train it anew.");
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException or OverflowException)
        {
            throw new StartupException($"{file} is no model, or is cut off; make it anew with the command \"train\".");
        }
    }

    private static TrainedModel Read(BinaryReader reader)
    {
        var source = reader.ReadString();
        var calibration = ReadCalibration(reader);
        var withoutModel = ReadCalibration(reader);
        var leastLead = reader.ReadDouble();
        var hasFinePieces = reader.ReadBoolean();
        var labels = ReadStrings(reader);
        var vocabulary = new Vocabulary(ReadStrings(reader));
        var buckets = new int[Count(reader, FeatureVector.Buckets)];
        var before = 0;
        for (var row = 0; row < buckets.Length; row++)
        {
            buckets[row] = before += reader.Read7BitEncodedInt();
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)before, (uint)FeatureVector.Buckets);
        }

        var scales = new float[buckets.Length];
        for (var row = 0; row < scales.Length; row++)
        {
            scales[row] = (float)reader.ReadHalf();
        }

        var weights = new sbyte[checked(buckets.Length * labels.Length)];
        reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights.AsSpan()));
        return new TrainedModel(new LinearModel(labels, vocabulary, buckets, scales, weights, hasFinePieces), calibration, withoutModel, leastLead, source);
    }

    private static void WriteCalibration(BinaryWriter writer, Calibration calibration)
    {
        writer.Write(calibration.ModelScale);
        writer.Write(calibration.PhraseScale);
        writer.Write(calibration.LeastConfidence);
    }

    private static Calibration ReadCalibration(BinaryReader reader) =>
        new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());

    private static void WriteStrings(BinaryWriter writer, IReadOnlyList<string> strings)
    {
        writer.Write7BitEncodedInt(strings.Count);
        foreach (var text in strings)
        {
            writer.Write(text);
        }
    }

    private static string[] ReadStrings(BinaryReader reader)
    {
        var strings = new string[Count(reader, 1 << 20)];
        for (var i = 0; i < strings.Length; i++)
        {
            strings[i] = reader.ReadString();
        }

        return strings;
    }

    private static int Count(BinaryReader reader, int most)
    {
        var count = reader.Read7BitEncodedInt();
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)most);
        return count;
    }
}
