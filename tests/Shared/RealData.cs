namespace CovidCtNet.Tests.Shared;

/// <summary>
/// Finds the real CT data, which is never committed: the folder in <c>COVIDCTNET_DATA</c>, else <c>shared/data</c> beside the
/// checkout. Tests that need it are skipped, with the reason, where it is absent.
/// </summary>
internal static class RealData
{
    /// <summary>The folder of the checkout, found by the solution file above the test binaries.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Full path of <paramref name="relative"/> in the data folder; skips the running test where it does not exist.</summary>
    public static string Require(string relative)
    {
        var root = Environment.GetEnvironmentVariable("COVIDCTNET_DATA");
        if (string.IsNullOrEmpty(root))
        {
            root = Path.Combine(RepositoryRoot, "..", "shared", "data");
        }

        var path = Path.GetFullPath(Path.Combine(root, relative));
        Assert.SkipUnless(Path.Exists(path), $"Real CT data '{relative}' is absent: set COVIDCTNET_DATA to the folder that holds it.");
        return path;
    }

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CovidCtNet.Lib.sln")))
            {
                return folder.FullName;
            }
        }

        return AppContext.BaseDirectory;
    }
}
