using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Authors;

/// <summary>Providers that were built from packages alone, in a host.</summary>
[Collection(nameof(AuthorsMachine))]
public sealed class ThirdPartyTests(AuthorsMachine machine, ThirdParties host) : IClassFixture<ThirdParties>
{
    [Fact]
    public async Task Greeting_AsLittleAsAProviderCanBe_Works()
    {
        var provider = await host.Admin.GetJsonAsync("providers/acme_greeting");
        Assert.Equal("active", provider.Text("state"));
        Assert.Equal("1.2.0", provider.Text("version"));
        var tenant = await host.TenantAsync();
        await tenant.Admin.PostAsync("integrations", new { name = "Greeting", integration_type = "acme_greeting", config = new { salutation = "Good day" } }, HttpStatusCode.Created);

        var answer = await tenant.Service.PostAsync("actions/acme_greeting/greet", new { input = new { name = "Ada" } });

        Assert.Equal("Good day, Ada.", answer["output"]!.AsObject().Text("text"));
    }

    [Fact]
    public async Task Documents_OAuthLiveOptionsNestedConfigAttachmentAndItsOwnDependency_Work()
    {
        await using var store = await HttpPeer.StartAsync();
        store.Otherwise((request, cancellationToken) => Answer(request)(request, cancellationToken));
        var tenant = await host.TenantAsync();
        var config = new
        {
            url = store.Address.AbsoluteUri,
            account = new { token_url = new Uri(store.Address, "token").AbsoluteUri, client_id = "acme", client_secret = "a-client-secret" },
            folder = "f-2",
        };
        var row = await tenant.Admin.PostAsync("integrations", new { name = "Documents", integration_type = "acme_documents", config }, HttpStatusCode.Created);
        Assert.True(row["secrets"]!["account.client_secret"]!["set"]!.GetValue<bool>());

        var folders = await tenant.Admin.PostAsync("providers/acme_documents/options/folder", new { integration = row.Text("id"), query = "inv" });
        Assert.Equal("f-2", folders["items"]!.AsArray().Single()!.AsObject().Text("value"));

        var document = new { filename = "a b.pdf", content_type = "application/pdf", content_base64 = Convert.ToBase64String("%PDF"u8) };
        var answer = await tenant.Service.PostAsync("actions/acme_documents/upload_document", new { input = new { document, labels = "urgent \"from Ada\"" } });

        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse("""{"id":"d-1","labels":["urgent","from Ada"]}"""), answer["output"]), answer.ToJsonString());
        var upload = store.Requests.Single(request => request.Uri.AbsolutePath == "/documents");
        Assert.Equal("%PDF", upload.BodyText);
        Assert.Equal("?folder=f-2&name=a%20b.pdf", upload.Uri.Query);
        Assert.Equal("Bearer a-token", upload.Header("Authorization"));
        Assert.DoesNotContain("a-client-secret", host.Host.Output);
    }

    [Theory]
    [InlineData("GetEnvironmentVariable", "Configuration comes from the integration only")]
    [InlineData("File", "A provider has no files")]
    [InlineData("TcpClient", "Use context.Network.ConnectAsync")]
    [InlineData("HttpClient", "Use context.Http")]
    [InlineData("UtcNow", "Use context.Clock")]
    public void Build_WhatAProviderDoesWithout_IsReportedWithWhatToUseInstead(string what, string instead)
    {
        var warnings = host.Said.Split('\n').Where(line => line.Contains("warning RS0030", StringComparison.Ordinal)).ToList();
        Assert.Contains(warnings, line => line.Contains(what, StringComparison.Ordinal) && line.Contains(instead, StringComparison.Ordinal));
        Assert.All(warnings, line => Assert.Contains("Acme.Forbidden.csproj", line));
    }

    [Fact]
    public void Build_SecretWherePeopleRead_IsReported()
    {
        var warnings = host.Said.Split('\n').Where(line => line.Contains("warning VAKA1001", StringComparison.Ordinal)).Distinct().ToList();
        foreach (var reader in new[] { "the log", "the message of an exception", "an error that people are shown" })
            Assert.Contains(warnings, line => line.Contains($"ends up in {reader}.", StringComparison.Ordinal));
        Assert.DoesNotContain(warnings, line => line.Contains("Acme.Documents", StringComparison.Ordinal)); // which sends it
        Assert.Equal(6, warnings.Count); // three in each of the two projects
    }

    [Fact]
    public async Task Build_CopyOfTheContractBesideThePlugin_IsRefusedWithWhatToWrite()
    {
        var folder = machine.CreateFolder("copies-contract");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "Acme.Copies.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <EnableDynamicLoading>true</EnableDynamicLoading>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Vaka.Plugins.Abstractions" Version="*" />
              </ItemGroup>
            </Project>
            """);

        var (code, said) = await machine.TryDotnetAsync(folder, "build", "--nologo");

        Assert.NotEqual(0, code);
        Assert.Matches("error VAKA0001: .*Add ExcludeAssets=\"runtime\"", said);
    }

    private static HttpAnswer Answer(RecordedRequest request) => request.Uri.AbsolutePath switch
    {
        "/token" => HttpAnswers.Json("""{"access_token":"a-token","token_type":"Bearer","expires_in":3600}"""),
        "/folders" => HttpAnswers.Json("""[{"id":"f-1","name":"Contracts"},{"id":"f-2","name":"Invoices"}]"""),
        "/documents" => HttpAnswers.Json(HttpStatusCode.Created, """{"id":"d-1"}"""),
        _ => HttpAnswers.Status(HttpStatusCode.NotFound),
    };
}
