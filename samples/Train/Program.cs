using System.CommandLine;
using CovidCtNet.Samples.Train;

var command = new TrainCommand();
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
