namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Names under which ML.NET finds the mappings of saved pipelines. They are in files: never change one.</summary>
internal static class Contracts
{
    public const string Seed = "CovidCtNet.Seed.1";
    public const string LoadPath = "CovidCtNet.Load.Path.1";
    public const string LoadBytes = "CovidCtNet.Load.Bytes.1";
    public const string LoadImage = "CovidCtNet.Load.Image.1";
    public const string PreparePath = "CovidCtNet.Prepare.Path.1";
    public const string PrepareBytes = "CovidCtNet.Prepare.Bytes.1";
    public const string PrepareImage = "CovidCtNet.Prepare.Image.1";
    public const string PrepareSlice = "CovidCtNet.Prepare.Slice.1";
    public const string PreparePlane = "CovidCtNet.Prepare.Plane.1";
    public const string Finish = "CovidCtNet.Finish.1";
}
