using System.CommandLine;
using CovidCtNet.Samples.Quantize;

var command = new QuantizeCommand(Console.Out, Console.Error);
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
