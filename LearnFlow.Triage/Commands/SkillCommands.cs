using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Commands;

/// <summary><c>train</c> makes a model, <c>evaluate</c> measures one.</summary>
internal static class SkillCommands
{
    /// <summary>What a shell makes of a variable that is not set names no file.</summary>
    private static void RefuseEmpty(OptionResult option)
    {
        if (option.Tokens is [{ Value: "" }])
        {
            option.AddError($"{option.Option.Name} names no file.");
        }
    }

    /// <summary>Makes a model.</summary>
    public static Command Train()
    {
        var data = new Option<string>("--data")
        {
            Description = "Messages as JSON lines with \"text\" and \"label\", or the folder of a skill library",
            Required = true,
        };
        var validation = new Option<string?>("--validation") { Description = "Messages to fit confidences and thresholds to; else parts of the data are held back" };
        var model = new Option<string>("--model") { Description = "The file to write", Required = true };
        model.Validators.Add(RefuseEmpty);
        var command = new Command("train", "Train a model") { data, validation, model };
        command.SetAction(parsed =>
        {
            var source = parsed.GetRequiredValue(data);
            var held = parsed.GetValue(validation) is { } file ? LabelledMessage.ReadJsonLines(file) : null;
            if (Directory.Exists(source) && held is not null)
            {
                throw new StartupException("A skill library is calibrated by its own examples; leave out --validation.");
            }

            var trained = Directory.Exists(source)
                ? SkillTrainer.Train(source)
                : SkillTrainer.Train(LabelledMessage.ReadJsonLines(source), held);
            ModelFile.Write(parsed.GetRequiredValue(model), trained);
            Console.WriteLine(
                $"{trained.Model.Labels.Length} labels, {trained.Model.Vocabulary.Words.Count} words, {trained.Model.Buckets.Length} features; "
                + $"{trained.Calibration}, without the model {trained.WithoutModel}, least lead {trained.LeastLead}");
            return 0;
        });
        return command;
    }

    /// <summary>Measures a model, or the skill library.</summary>
    public static Command Evaluate()
    {
        var data = new Option<string>("--data") { Description = "Messages as JSON lines with \"text\" and \"label\"", Required = true };
        var model = new Option<string?>("--model") { Description = "The model; else the skill library of the program" };
        var withoutModel = new Option<bool>("--without-model") { Description = "Signals and phrases alone, as with the flag EnableMlClassifier off" };
        var predictions = new Option<string?>("--predictions") { Description = "A file to write each prediction to" };
        predictions.Validators.Add(RefuseEmpty);
        var command = new Command("evaluate", "Measure a model, or the skill library") { data, model, withoutModel, predictions };
        command.SetAction(parsed =>
        {
            var messages = LabelledMessage.ReadJsonLines(parsed.GetRequiredValue(data));
            var predict = parsed.GetValue(model) is { } file
                ? ByModel(ModelFile.Read(file))
                : BySkills(SkillLibrary.Load(), useModel: !parsed.GetValue(withoutModel));
            var made = messages.Select(message =>
            {
                var (predicted, best, confidence) = predict(message.Text);
                return new Prediction(message.Text, message.Label, predicted, best, Math.Round(confidence, 4));
            }).ToList();
            if (parsed.GetValue(predictions) is { } output)
            {
                File.WriteAllLines(output, made.Select(prediction => JsonSerializer.Serialize(prediction, CommandJson.Default.Prediction)));
            }

            var cost = Evaluation.CostOf([.. messages.Select(message => message.Text)], text => predict(text));
            var likeliest = made.Where(prediction => prediction.Label != LabelledMessage.OutOfScope).ToList();
            Console.WriteLine(Evaluation.Confusion(made));
            Console.WriteLine($"In scope, by the likeliest label whether believed or not: {likeliest.Count(prediction => prediction.Best == prediction.Label)} of {likeliest.Count} right");
            Console.WriteLine(JsonSerializer.Serialize(Evaluation.Of(made, cost), CommandJson.Default.Scores));
            return 0;
        });
        return command;
    }

    private static Func<string, (string Predicted, string Best, double Confidence)> BySkills(SkillLibrary skills, bool useModel)
    {
        return text =>
        {
            var verdict = skills.Judge(new StudentMessage(text), useModel);
            var best = IntentNames.LabelOf(verdict.Best);
            return (verdict.Outcome == DecisionOutcome.Clarify ? Evaluation.Abstention : best, best, verdict.Confidences[(int)verdict.Best]);
        };
    }

    private static Func<string, (string Predicted, string Best, double Confidence)> ByModel(TrainedModel trained)
    {
        var text = new MessageText();
        var features = new FeatureVector();
        var scores = new float[trained.Model.Labels.Length];
        var confidences = new float[scores.Length];
        return message =>
        {
            text.Read(message, trained.Model.Vocabulary);
            trained.Model.Score(text, features, scores);
            var (best, lead) = trained.Model.Nearest(scores);
            confidences.AsSpan().Clear();
            trained.Calibration.Apply(scores, [], confidences);
            var label = trained.Model.Labels[best];
            return (lead < trained.LeastLead ? LabelledMessage.OutOfScope : label, label, confidences[best]);
        };
    }
}
