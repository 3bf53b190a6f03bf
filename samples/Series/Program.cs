using System.CommandLine;
using CovidCtNet.Samples.Series;

var command = new SeriesCommand(Console.Out, Console.Error);

// Ctrl-C ends the run between two operators of the network: seconds are plenty to tidy up.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
