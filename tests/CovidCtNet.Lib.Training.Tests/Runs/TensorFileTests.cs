using System.Security.Cryptography;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Runs;
using TorchSharp;

namespace CovidCtNet.Lib.Training.Tests.Runs;

/// <summary>Checkpoints that someone changed and gave a hash of their own: found by the hostile-input campaign.</summary>
public sealed class TensorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_cut_and_every_changed_size_with_a_fresh_hash_is_a_typed_error_or_loads()
    {
        TorchRuntime.EnsureLoaded();
        var path = _folder.File("weights");
        using var weight = torch.ones(3, 2);
        TensorFile.Save(path, new Dictionary<string, torch.Tensor> { ["w"] = weight });
        var whole = File.ReadAllBytes(path)[..^32];
        var errors = 0;
        for (var i = 8; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] = 0xFF;
            foreach (var body in new[] { whole[..i], changed })
            {
                File.WriteAllBytes(path, [.. body, .. SHA256.HashData(body)]);
                using var target = torch.zeros(3, 2);
                var e = Record.Exception(() => TensorFile.Load(path, new Dictionary<string, torch.Tensor> { ["w"] = target }));
                Assert.True(e is null or TrainingException, $"Byte {i}: {e}");
                errors += e is null ? 0 : 1;
            }
        }

        Assert.InRange(errors, whole.Length - 8, 2 * whole.Length);
    }
}
