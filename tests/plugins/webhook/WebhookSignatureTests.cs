using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Webhook.Tests;

public sealed class WebhookSignatureTests : IAsyncDisposable
{
    private const string Previous = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Signed = $"\"signing_secret\": \"{WebhookTest.Secret}\"";

    private readonly WebhookTest test = new(clock: new FakeTimeProvider(TimeProvider.System.GetUtcNow())); // the verifiers look at the real clock

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task Signature_CoversIdTimestampAndBody()
    {
        var sent = await test.SendAsync(WebhookTest.Config(Signed), WebhookTest.Input("""{"ü": 1.0}"""));

        var key = Convert.FromBase64String(WebhookTest.Secret["whsec_".Length..]);
        var signed = Encoding.UTF8.GetBytes($"{sent.Header("webhook-id")}.{sent.Header("webhook-timestamp")}.{sent.BodyText}");
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), sent.Header("webhook-signature"));
    }

    [Fact]
    public async Task Rotation_SignsWithBothUntilThePreviousSecretEnds()
    {
        var config = WebhookTest.Config(
            $$"""
            {{Signed}}, "previous_signing_secret": "{{Previous}}",
            "previous_valid_until": "{{test.Host.Clock.GetUtcNow().AddHours(1):O}}"
            """);

        var during = await test.SendAsync(config);
        test.Host.FakeClock.Advance(TimeSpan.FromHours(1));
        var after = await test.SendAsync(config);

        var signatures = during.Header("webhook-signature")!.Split(' ');
        Assert.Equal(2, signatures.Length);
        Assert.All(signatures, signature => Assert.StartsWith("v1,", signature));
        Assert.DoesNotContain(' ', after.Header("webhook-signature")!);
    }

    [Theory]
    [InlineData("", """{"b":1.0, "ü" : "€😀"}""")]
    [InlineData(""", "format": "cloudevents_binary" """, """[1,2]""")]
    [InlineData(""", "format": "cloudevents_structured" """, """{"b":1.0}""")]
    public async Task Signature_IsAcceptedByIndependentVerifiers(string more, string data)
    {
        var sent = await test.SendAsync(WebhookTest.Config(Signed + more), WebhookTest.Input(data));

        Assert.Equal(("ok", "ok"), await VerifyAsync(sent, WebhookTest.Secret, sent.Body));
    }

    [Fact]
    public async Task Signature_WithoutBody_IsAcceptedByIndependentVerifiers()
    {
        var sent = await test.SendAsync(WebhookTest.Config(Signed + """, "method": "DELETE" """), WebhookTest.Input("null"));

        // svix goes on to parse the body, which is none, once the signature has been found good.
        Assert.Equal(("ok", "Unexpected end of JSON input"), await VerifyAsync(sent, WebhookTest.Secret, sent.Body));
    }

    [Fact]
    public async Task Signature_OfATamperedBody_IsRefusedByIndependentVerifiers()
    {
        var sent = await test.SendAsync(WebhookTest.Config(Signed), WebhookTest.Input("""{"amount":1}"""));

        var (standard, svix) = await VerifyAsync(sent, WebhookTest.Secret, """{"amount":9}"""u8.ToArray());

        Assert.Equal(("No matching signature found", "No matching signature found"), (standard, svix));
    }

    [Fact]
    public async Task Rotation_BothSecrets_AreAcceptedByIndependentVerifiers()
    {
        var sent = await test.SendAsync(WebhookTest.Config(
            $$"""
            {{Signed}}, "previous_signing_secret": "{{Previous}}",
            "previous_valid_until": "{{test.Host.Clock.GetUtcNow().AddHours(1):O}}"
            """));

        Assert.Equal(("ok", "ok"), await VerifyAsync(sent, WebhookTest.Secret, sent.Body));
        Assert.Equal(("ok", "ok"), await VerifyAsync(sent, Previous, sent.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("C2FVsBQIhrscChlQIMV+b5sSYspob7oD")]
    [InlineData("whsec_not base64 at all, not at all!")]
    [InlineData("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFQ==")]
    [InlineData("WHSEC_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")]
    public void KeyOf_NotASigningSecret_None(string secret) => Assert.Null(WebhookSignature.KeyOf(new SecretString(secret)));

    [Theory]
    [InlineData(24)]
    [InlineData(64)]
    public void KeyOf_SigningSecret_ItsBytes(int length) =>
        Assert.Equal(length, WebhookSignature.KeyOf(new SecretString("whsec_" + Convert.ToBase64String(new byte[length])))?.Length);

    private static async Task<(string Standard, string Svix)> VerifyAsync(RecordedRequest sent, string secret, byte[] body)
    {
        var modules = Environment.GetEnvironmentVariable("VAKA_TEST_NODE_MODULES");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(modules ?? "", "standardwebhooks")) && Directory.Exists(Path.Combine(modules ?? "", "svix")),
            "webhook verifiers: VAKA_TEST_NODE_MODULES does not hold standardwebhooks and svix");

        var message = new JsonObject
        {
            ["modules"] = modules,
            ["secret"] = secret,
            ["headers"] = new JsonObject(sent.Headers.Select(header => KeyValuePair.Create<string, JsonNode?>(header.Key, header.Value))),
            ["body_base64"] = Convert.ToBase64String(body),
        };
        using var node = StartNode();
        await node.StandardInput.WriteAsync(message.ToJsonString());
        node.StandardInput.Close();
        var answer = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        var verdicts = JsonSerializer.Deserialize<Dictionary<string, string>>(answer)!;
        return (verdicts["standardwebhooks"], verdicts["svix"]);
    }

    private static Process StartNode()
    {
        try
        {
            return Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "verify-signature.mjs")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("webhook verifiers: node is not installed");
            throw;
        }
    }
}
