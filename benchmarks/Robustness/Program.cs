using System.CommandLine;
using CovidCtNet.Robustness;

return await new RobustnessCommand().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
