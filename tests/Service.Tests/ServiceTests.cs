using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CovidCtNet.Lib.Hosting;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CovidCtNet.Samples.Service.Tests;

/// <summary>The service as clients meet it, over a real socket: right answers under load, and clear ones to bad requests.</summary>
public sealed class ServiceTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("service-");
    private readonly HttpClient _client = new();
    private WebApplication? _app;
    private CovidCtModel? _model;

    private string ModelPath => Path.Combine(_folder.FullName, "model.onnx");

    public async ValueTask InitializeAsync()
    {
        var graph = TestModels.ConvGraph(32, 3);
        await File.WriteAllBytesAsync(ModelPath, TestModels.Bytes(graph, TestModels.Contract(graph, 32)));
        _model = CovidCtModel.Load(ModelPath);
        _app = Create();
        await _app.StartAsync();
        _client.BaseAddress = AddressOf(_app);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app!.DisposeAsync();
        _model!.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Good_requests_are_answered_right_among_bad_ones()
    {
        var slices = Enumerable.Range(0, 8).Select(i => CtPhantom.Create(i, new CtPhantomOptions { Width = 64, Height = 64 }).Image).ToArray();
        var files = slices.Select(Png).ToArray();
        (byte[] Body, HttpStatusCode Status)[] bad =
        [
            ([], HttpStatusCode.BadRequest),
            ("this is no picture, whatever its header says"u8.ToArray(), HttpStatusCode.UnsupportedMediaType),
            (files[0][..200], HttpStatusCode.BadRequest),
            (Damaged(files[1]), HttpStatusCode.BadRequest),
            (Png(CtImage.FromGray8(new byte[300 * 300], 300, 300)), HttpStatusCode.RequestEntityTooLarge),
            (new byte[70_000], HttpStatusCode.RequestEntityTooLarge),
        ];
        var failures = new ConcurrentBag<string>();
        var hangsUp = HangUpAsync(files[2], TestContext.Current.CancellationToken);
        await Parallel.ForEachAsync(Enumerable.Range(0, 300), new ParallelOptions { MaxDegreeOfParallelism = 24 }, async (i, token) =>
        {
            if (i % 3 == 2)
            {
                var (body, status) = bad[i / 3 % bad.Length];
                using var refused = await PostAsync("/classify", body, token);
                var problem = await refused.Content.ReadAsStringAsync(token);
                if (refused.StatusCode != status || refused.Content.Headers.ContentType?.MediaType != "application/problem+json")
                {
                    failures.Add($"{i}: {refused.StatusCode} {problem}");
                }

                return;
            }

            using var answer = await PostAsync("/classify", files[i % 8], token);
            var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(token)).RootElement;
            var expected = _model!.Predict(slices[i % 8], token);
            if (answer.StatusCode != HttpStatusCode.OK
                || Math.Abs(json.GetProperty("probability").GetDouble() - expected.Probability) > 1e-6
                || json.GetProperty("label").GetString() != expected.Label.Name
                || json.GetProperty("model").GetString() != "test 1.2.3"
                || json.GetProperty("gate").GetProperty("verdict").GetString() != Verdict(slices[i % 8])
                || json.GetProperty("overlayPng").ValueKind != JsonValueKind.Null)
            {
                failures.Add($"{i}: {answer.StatusCode} {json}");
            }
        });
        Assert.Empty(failures);
        Assert.Equal(40, await hangsUp);
        using var health = await _client.GetAsync(new Uri("/health", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        // Nothing of what was uploaded is left.
        Assert.Equal(["model.onnx"], _folder.EnumerateFileSystemInfos().Select(f => f.Name));
    }

    [Fact]
    public async Task Problem_says_what_is_wrong_and_how_to_mend_it()
    {
        using var refused = await PostAsync("/classify", "GIF89a, say"u8.ToArray());
        var json = JsonDocument.Parse(await refused.Content.ReadAsStreamAsync()).RootElement;
        Assert.Equal(415, json.GetProperty("status").GetInt32());
        Assert.Contains("GIF", json.GetProperty("detail").GetString(), StringComparison.Ordinal);

        using var form = new StringContent("x=1", new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var wrongType = await _client.PostAsync(new Uri("/classify", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrongType.StatusCode);
        using var nowhere = await _client.GetAsync(new Uri("/nothing", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        Assert.Equal("application/problem+json", nowhere.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Overlay_comes_both_ways()
    {
        var slice = CtPhantom.Create(3, new CtPhantomOptions { Width = 64, Height = 64 }).Image;
        using var answer = await PostAsync("/classify?overlay=true", Png(slice));
        var inside = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync()).RootElement.GetProperty("overlayPng").GetBytesFromBase64();
        using var alone = await PostAsync("/overlay", Png(slice));
        Assert.Equal("image/png", alone.Content.Headers.ContentType?.MediaType);
        var picture = await alone.Content.ReadAsByteArrayAsync();
        Assert.Equal(picture, inside);
        Assert.True(CtImage.Load(new MemoryStream(picture)).Width >= 64);
    }

    [Fact]
    public async Task Health_and_description_are_there()
    {
        var health = JsonDocument.Parse(await _client.GetStringAsync(new Uri("/health", UriKind.Relative))).RootElement;
        Assert.Equal("Healthy", health.GetProperty("status").GetString());
        Assert.Equal("1.2.3", health.GetProperty("checks").GetProperty("covid-ct").GetProperty("data").GetProperty("version").GetString());
        var description = JsonDocument.Parse(await _client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative))).RootElement;
        var post = description.GetProperty("paths").GetProperty("/classify").GetProperty("post");
        Assert.True(post.GetProperty("requestBody").GetProperty("content").TryGetProperty("image/png", out _));
        Assert.True(post.GetProperty("responses").TryGetProperty("413", out _));
    }

    [Fact]
    public async Task Client_that_hangs_up_stops_its_work_and_no_other()
    {
        var file = Png(CtPhantom.Create(3, new CtPhantomOptions { Width = 64, Height = 64 }).Image);
        for (var i = 0; i < 20; i++)
        {
            using var cancel = new CancellationTokenSource();
            var request = PostAsync("/classify?overlay=true", file, cancel.Token);
            cancel.CancelAfter(i);
            _ = await Record.ExceptionAsync(() => request);
        }

        using var after = await PostAsync("/classify", file);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Theory]
    [InlineData("Off", null, HttpStatusCode.OK)]
    [InlineData("Warn", "refused", HttpStatusCode.OK)]
    [InlineData("Enforce", "refused", HttpStatusCode.UnprocessableEntity)]
    public async Task Input_gate_speaks_as_it_is_told(string mode, string? verdict, HttpStatusCode status)
    {
        var gray = Png(CtImage.FromGray8([.. Enumerable.Repeat((byte)90, 64 * 64)], 64, 64));
        await using var app = Create("--CovidCt:Model:Gate", mode);
        await app.StartAsync(TestContext.Current.CancellationToken);
        foreach (var path in (string[])["/classify", "/classify?overlay=true", "/overlay"])
        {
            using var answer = await PostAsync(new Uri(AddressOf(app), path).AbsoluteUri, gray);
            Assert.Equal(status, answer.StatusCode);
            if (answer.Content.Headers.ContentType?.MediaType == "image/png")
            {
                continue;
            }

            var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync()).RootElement;
            var gate = json.GetProperty("gate");
            if (verdict is null)
            {
                Assert.Equal(JsonValueKind.Null, gate.ValueKind);
                continue;
            }

            var reason = gate.GetProperty("reasons").EnumerateArray().Single();
            Assert.Equal((verdict, "no-contrast", true), (gate.GetProperty("verdict").GetString(), reason.GetProperty("code").GetString(), reason.GetProperty("refuses").GetBoolean()));
            Assert.Contains("gray", reason.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal(status == HttpStatusCode.OK, json.TryGetProperty("probability", out _));
            Assert.Equal(status != HttpStatusCode.OK, json.TryGetProperty("detail", out _));
        }

        // What looks like a slice passes in every mode.
        var slice = CtPhantom.Create(3, new CtPhantomOptions { Width = 128, Height = 128 }).Image;
        Assert.NotEqual("refused", Verdict(slice));
        using var good = await PostAsync(new Uri(AddressOf(app), "/classify").AbsoluteUri, Png(slice));
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task Gate_warns_unless_it_is_told_otherwise()
    {
        using var answer = await PostAsync("/classify", Png(CtImage.FromGray8(new byte[64 * 64], 64, 64)));
        var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync()).RootElement;
        Assert.Equal("refused", json.GetProperty("gate").GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Host_does_not_start_on_what_it_cannot_use()
    {
        var path = Path.Combine(_folder.FullName, "bad.onnx");
        await File.WriteAllTextAsync(path, "no model");
        await using (var bad = Create("--CovidCt:ModelPath", path))
        {
            var e = await Assert.ThrowsAnyAsync<CovidCtModelException>(() => bad.StartAsync());
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
        }

        await using (var missing = Create("--CovidCt:ModelPath", path + "x"))
        {
            Assert.Contains("bad.onnxx", (await Assert.ThrowsAsync<OptionsValidationException>(() => missing.StartAsync())).Message, StringComparison.Ordinal);
        }

        await using (var size = Create("--CovidCt:Model:BatchSize", "0"))
        {
            Assert.Contains("BatchSize", (await Assert.ThrowsAnyAsync<Exception>(() => size.StartAsync())).ToString(), StringComparison.Ordinal);
        }

        await using var lazy = Create("--CovidCt:ModelPath", path, "--CovidCt:LoadAtStart", "false");
        await lazy.StartAsync(TestContext.Current.CancellationToken);
        using var refused = await PostAsync(new Uri(AddressOf(lazy), "/classify").AbsoluteUri, Png(CtPhantom.Create(3, new CtPhantomOptions { Width = 64, Height = 64 }).Image));
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.DoesNotContain(path, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public async Task Configuration_reaches_the_model_and_no_shared_default()
    {
        await using var app = Create("--CovidCt:Model:BatchSize", "3", "--CovidCt:Model:ImageLimits:MaximumPixels", "1234", "--CovidCt:Model:Cuda:PreferNhwc", "true");
        using var lease = app.Services.GetRequiredService<CovidCtModelSource>().Lease();
        Assert.Equal((3, 1234, true), (lease.Model.Options.BatchSize, lease.Model.Options.ImageLimits.MaximumPixels, lease.Model.Options.Cuda.PreferNhwc));
        Assert.Equal(CtGateMode.Warn, lease.Model.Options.Gate);
        await app.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal((new CovidCtModelOptions().BatchSize, CtGateMode.Off), (CovidCtModelOptions.Default.BatchSize, CovidCtModelOptions.Default.Gate));
        Assert.NotEqual(1234, CtImageLimits.Default.MaximumPixels);
        Assert.False(CudaOptions.Default.PreferNhwc);
    }

    private static Uri AddressOf(WebApplication app)
        => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static string Verdict(CtImage slice) => CtInputGate.Check(slice).Verdict switch
    {
        CtGateVerdict.Accepted => "accepted",
        CtGateVerdict.AcceptedWithWarnings => "accepted-with-warnings",
        _ => "refused",
    };

    private static byte[] Damaged(byte[] png)
    {
        byte[] damaged = [.. png];
        damaged[^40] ^= 0xFF;
        return damaged;
    }

    private static byte[] Png(CtImage slice)
    {
        var path = Path.GetTempFileName();
        try
        {
            slice.SavePng(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private WebApplication Create(params string[] more) => ServiceApplication.Create(
    [
        "--urls", "http://127.0.0.1:0", "--CovidCt:ModelPath", ModelPath, "--Upload:MaximumBytes", "60000", "--Upload:MaximumPixels", "40000",
        "--Upload:MaximumAtOnce", "3", "--Upload:MaximumWaiting", "1000", "--contentRoot", _folder.FullName, .. more,
    ]);

    /// <summary>Promises a file, sends a part of it and hangs up; 40 times.</summary>
    private async Task<int> HangUpAsync(byte[] file, CancellationToken cancellationToken)
    {
        var sent = 0;
        for (; sent < 40; sent++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(_client.BaseAddress!.Host, _client.BaseAddress.Port, cancellationToken);
            var head = Encoding.ASCII.GetBytes($"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {file.Length}\r\n\r\n");
            await socket.GetStream().WriteAsync(head, cancellationToken);
            await socket.GetStream().WriteAsync(file.AsMemory(0, file.Length * sent / 40), cancellationToken);
            if (sent % 2 == 0)
            {
                // At once, with a reset; else in good order.
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }

        return sent;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] body, CancellationToken cancellationToken = default)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        return await _client.PostAsync(new Uri(path, UriKind.RelativeOrAbsolute), content, cancellationToken);
    }
}
