using CovidCtNet.Samples.Service;

await using var app = ServiceApplication.Create(args);
await app.RunAsync();
