using System.CommandLine;
using CovidCtNet.Samples.Explain;
using Spectre.Console;

var command = new ExplainCommand(AnsiConsole.Console, Console.Error);

// Ctrl-C ends the run between two operators of the network: seconds are plenty to tidy up.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
