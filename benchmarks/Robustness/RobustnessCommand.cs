using System.CommandLine;
using System.Globalization;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Robustness.Endurance;
using CovidCtNet.Robustness.Fuzzing;
using CovidCtNet.Robustness.Gate;

namespace CovidCtNet.Robustness;

/// <summary>The command line: <c>fuzz</c> feeds mutated files to everything that reads one, <c>endurance</c> runs long and disturbs, <c>folder</c> scores very many files, <c>gate</c> measures the input gate.</summary>
internal sealed class RobustnessCommand : RootCommand
{
    public RobustnessCommand()
        : base("Hostile inputs and long runs. Repeatable by seed, bounded in cases and time. Exit code 0: nothing found; 1: something was.")
    {
        Add(FuzzCommand());
        Add(WorkerCommand());
        Add(CoverageCommand());
        Add(EnduranceCommand());
        Add(FolderCommand());
        Add(GateCommand());
    }

    private static Command FuzzCommand()
    {
        var seed = new Option<int>("--seed") { Description = "Seed of all mutations.", DefaultValueFactory = _ => 1 };
        var files = new Option<int>("--files") { Description = "Mutated files in all.", DefaultValueFactory = _ => 100_000 };
        var only = new Option<string?>("--only") { Description = $"One target: {string.Join(", ", FuzzTargets.Names)}." };
        var minutes = new Option<double>("--minutes") { Description = "The longest that the campaign takes.", DefaultValueFactory = _ => 60 };
        var output = new Option<string>("--out") { Description = "Folder for what was found.", DefaultValueFactory = _ => Path.Combine("runs", "fuzz") };
        var replay = new Option<int?>("--replay") { Description = "Runs one case of --only in this process, to see its exception." };
        var command = new Command("fuzz", "Feeds mutated files to decoders, ONNX, contracts, JSON, CSV, archives and checkpoints.") { seed, files, only, minutes, output, replay };
        command.SetAction((result, token) => Task.FromResult(result.GetValue(replay) is { } index && result.GetValue(only) is { } target
            ? FuzzWorker.Replay(target, result.GetValue(seed), index, result.GetValue(output)!)
            : new FuzzCampaign(result.GetValue(seed), TimeSpan.FromMinutes(result.GetValue(minutes)), result.GetValue(output)!).Run(result.GetValue(only), result.GetValue(files), token)));
        return command;
    }

    private static Command WorkerCommand()
    {
        var target = new Argument<string>("target");
        var seed = new Argument<int>("seed");
        var first = new Argument<int>("first");
        var count = new Argument<int>("count");
        var command = new Command("worker", "Runs cases for fuzz, in a process of its own.") { target, seed, first, count };
        command.Hidden = true;
        command.SetAction(result => FuzzWorker.Run(result.GetRequiredValue(target), result.GetRequiredValue(seed), result.GetRequiredValue(first), result.GetRequiredValue(count)));
        return command;
    }

    private static Command CoverageCommand()
    {
        var target = new Argument<string>("target") { Description = $"One of {string.Join(", ", FuzzTargets.Names)}." };
        var seeds = new Option<string?>("--seeds") { Description = "Writes the sound files that AFL++ starts from into this folder, and ends." };
        var command = new Command("coverage", "Runs a reader under AFL++; benchmarks/Robustness/coverage.sh does all of it.") { target, seeds };
        command.SetAction(result =>
        {
            if (result.GetValue(seeds) is { } folder)
            {
                CoverageTarget.WriteSeeds(result.GetRequiredValue(target), folder);
            }
            else
            {
                CoverageTarget.Run(result.GetRequiredValue(target));
            }
        });
        return command;
    }

    private static Command EnduranceCommand()
    {
        var predictions = new Option<int>("--predictions") { Description = "Predictions in a row.", DefaultValueFactory = _ => 100_000 };
        var explanations = new Option<int>("--explanations") { Description = "Explanations in a row.", DefaultValueFactory = _ => 10_000 };
        var rounds = new Option<int>("--rounds") { Description = "Disposals under load from 8 threads.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<int>("--seed") { Description = "Seed of inputs and moments.", DefaultValueFactory = _ => 1 };
        var model = new Option<string?>("--model") { Description = "Model file. Default: the model of CovidCtNet.Lib.Model." };
        var small = new Option<bool>("--small") { Description = "Use a network of a few operators: the same library code in a fraction of the time." };
        var command = new Command("endurance", "Long runs, disposal under load, many threads, cancellation, full and vanishing folders.") { predictions, explanations, rounds, seed, model, small };
        command.SetAction((result, token) => Task.Run(() => new EnduranceRun(result.GetValue(seed), result.GetValue(model), result.GetValue(small), Console.Out)
            .Run(result.GetValue(predictions), result.GetValue(explanations), result.GetValue(rounds), token)));
        return command;
    }

    private static Command FolderCommand()
    {
        var slices = new Option<int>("--slices") { Description = "Slices in the folder.", DefaultValueFactory = _ => 100_000 };
        var few = new Option<int>("--against") { Description = "How many of them are scored alone, to compare memory with.", DefaultValueFactory = _ => 1000 };
        var model = new Option<string?>("--model") { Description = "Model file. Default: the model of CovidCtNet.Lib.Model." };
        var small = new Option<bool>("--small") { Description = "Use a network of a few operators: the same library code in a fraction of the time." };
        var command = new Command("folder", "Peak memory of scoring a folder of very many slices against one of few.") { slices, few, model, small };
        command.SetAction(async (result, token) =>
        {
            using var opened = result.GetValue(small) ? CovidCtModel.Load(new MemoryStream(FuzzSeeds.ModelBytes()), null, "small")
                : result.GetValue(model) is { } path ? CovidCtModel.Load(path) : CovidCtModel.LoadDefault();
            using var folder = new LongFolder(opened, Console.Out);
            return await folder.RunAsync(result.GetValue(few), result.GetValue(slices), token);
        });
        return command;
    }

    private static Command GateCommand()
    {
        var manifest = new Argument<string>("manifest") { Description = "CSV of slices with the column group, such as samples/Train audit --regroup writes." };
        var others = new Option<string[]>("--other") { Description = "Folder of further slices; folder:N where files from number N on lie upside down.", AllowMultipleArgumentsPerToken = true };
        var fit = new Option<bool>("--fit") { Description = "Also prints what the limits are set by: weights and percentiles of the first half." };
        var seed = new Option<int>("--seed") { Description = "Seed of pictures and intervals.", DefaultValueFactory = _ => 1 };
        var command = new Command("gate", "Measures the input gate on slices, changed slices and other pictures, by halves of whole groups.") { manifest, others, fit, seed };
        command.SetAction((result, token) => Task.Run(() =>
        {
            var study = new GateStudy(result.GetValue(seed), Console.Out);
            study.Slices(result.GetRequiredValue(manifest), result.GetValue(fit), token);
            foreach (var other in result.GetValue(others) ?? [])
            {
                var parts = other.Split(':');
                study.Folder(parts[0], parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : null, token);
            }

            study.Others();
        }, token));
        return command;
    }
}
