#:project ../LearnFlow.Triage/LearnFlow.Triage.csproj
#:property PublishAot=false

// How long the skill library takes for one message, beside what a model-first design does for it before it has even
// asked the model: counting the message's tokens. Both in one run, on the same texts. Run: dotnet run -c Release bench/skills.cs

using System.Diagnostics;
using LearnFlow.Triage.Skills;
using Microsoft.ML.Tokenizers;

const int length = 200;
const int rounds = 20;
var load = Stopwatch.StartNew();
_ = ModelFile.Read(Path.Combine(SkillLibrary.Folder, SkillLibrary.ModelFileName));
Console.WriteLine($"The model loads in {load.Elapsed.TotalMilliseconds:F0} ms, the code that reads it not compiled before.");
load.Restart();
_ = ModelFile.Read(Path.Combine(SkillLibrary.Folder, SkillLibrary.ModelFileName));
Console.WriteLine($"Once more: {load.Elapsed.TotalMilliseconds:F0} ms.");

var skills = SkillLibrary.Load();
var tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");
var texts = Corpus.Read(SkillLibrary.Folder)
    .Where(message => message.Text.Length >= length)
    .Select(message => message.Text[..length])
    .Take(1000)
    .ToList();
Console.WriteLine($"{texts.Count} texts of {length} characters, {rounds} rounds.");

var ours = Measure(text => skills.Judge(new StudentMessage(text)));
Measure(text => skills.Judge(new StudentMessage(text), useModel: false), "signals and phrases alone");
var explained = Measure(text => skills.Decide(new StudentMessage(text)), "with its evidence in words");
var counted = Measure(text => tokenizer.CountTokens(text), "counting tokens (o200k)");
Console.WriteLine($"Deciding takes {ours / counted:F2} times what counting tokens takes; with evidence {explained / counted:F2} times.");

double Measure(Action<string> work, string name = "deciding")
{
    var times = new List<double>(texts.Count * rounds);
    for (var round = -3; round < rounds; round++)
    {
        foreach (var text in texts)
        {
            var started = Stopwatch.GetTimestamp();
            work(text);
            if (round >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            }
        }
    }

    var before = GC.GetAllocatedBytesForCurrentThread();
    foreach (var text in texts)
    {
        work(text);
    }

    var bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / texts.Count;
    times.Sort();
    Console.WriteLine($"{name}: p50 {times[times.Count / 2]:F1} µs, p99 {times[times.Count * 99 / 100]:F1} µs, {bytes:F0} bytes");
    return times[times.Count / 2];
}
