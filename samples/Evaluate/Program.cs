using CovidCtNet.Samples.Evaluate;

return await new EvaluateCommand().Parse(args).InvokeAsync();
