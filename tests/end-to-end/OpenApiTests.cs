using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>The OpenAPI document says what the endpoints do.</summary>
public sealed class OpenApiTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    [Fact]
    public async Task Document_EveryOperation_HasItsNameBodyAndProblem()
    {
        var document = await ReadAsync();
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (Path: path.Key, operation.Key, Value: operation.Value!))).ToList();
        Assert.True(operations.Count >= 33, $"{operations.Count} operations");
        Assert.All(operations, operation =>
        {
            Assert.NotNull(operation.Value["operationId"]);
            Assert.NotNull(operation.Value["summary"]);
            Assert.StartsWith("For ", operation.Value.AsObject().Text("description"));
            var responses = operation.Value["responses"]!.AsObject();
            Assert.Contains(responses, response => response.Key.StartsWith('2'));
            Assert.Subset(responses.Select(response => response.Key).ToHashSet(), new HashSet<string> { "400", "401", "403", "429", "500", "503" });
            Assert.All(responses.Where(response => response.Key[0] > '3'), response =>
                Assert.Equal("#/components/schemas/ApiProblem", response.Value!["content"]!["application/problem+json"]!["schema"]!["$ref"]!.GetValue<string>()));
        });
        Assert.Equal(
            operations.Count, operations.Select(operation => operation.Value["operationId"]!.GetValue<string>()).Distinct().Count());
    }

    [Fact]
    public async Task Document_AnIntegration_HasTheMembersThatItsSchemaNames()
    {
        var document = await ReadAsync();
        var schema = document["components"]!["schemas"]!["IntegrationAnswer"]!;
        var made = await fixture.Admin.PostAsync("integrations", new
        {
            name = "Hook", integration_type = "webhook", config = new { url = "https://example.com/" },
        }, System.Net.HttpStatusCode.Created);
        var members = made.Select(member => member.Key).Order();
        Assert.Equal(members, schema["properties"]!.AsObject().Select(property => property.Key).Order());
        Assert.Equal(members, schema["required"]!.AsArray().Select(name => name!.GetValue<string>()).Order());
        Assert.Equal("integer", schema["properties"]!["revision"]!["type"]!.GetValue<string>());
        Assert.Equal("string", schema["properties"]!["created_at"]!["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Document_WhatABodyNeeds_IsWhatIsAskedFor()
    {
        var document = await ReadAsync();
        var required = document["components"]!["schemas"]!["IntegrationBody"]!["required"]!.AsArray().Select(name => name!.GetValue<string>());
        var refused = await fixture.Admin.PostAsync("integrations", new { }, System.Net.HttpStatusCode.BadRequest);
        Assert.Equal(required.Order(), refused["errors"]!.AsArray().Select(error => error!["path"]!.GetValue<string>()).Order());
    }

    [Fact]
    public async Task Document_AnAction_HasItsAnswerAndThatOfADryRun()
    {
        var document = await ReadAsync();
        var answer = document["paths"]!["/api/v1/actions/{type}/{action}"]!["post"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        Assert.Equal(
            ["#/components/schemas/InvokeAnswer", "#/components/schemas/PreviewResult"], answer["anyOf"]!.AsArray().Select(one => one!["$ref"]!.GetValue<string>()));
        Assert.Equal(["integration", "preview"], document["components"]!["schemas"]!["PreviewResult"]!["properties"]!.AsObject().Select(property => property.Key));
    }

    [Fact]
    public async Task Document_OperationsThatTakeAnIdempotencyKey_SaySo()
    {
        var paths = (await ReadAsync())["paths"]!.AsObject();
        var taking = paths.SelectMany(path => path.Value!.AsObject().Select(operation => (Path: path.Key, Value: operation.Value!)))
            .Where(operation => operation.Value["parameters"]!.AsArray().Any(parameter => parameter!["name"]!.GetValue<string>() == "Idempotency-Key"))
            .ToList();
        Assert.Equal(
            ["/api/v1/actions/{type}/{action}", "/api/v1/agentic-actions/email", "/api/v1/agentic-actions/push-data"],
            taking.Select(operation => operation.Path).Order());
        Assert.All(taking, operation => Assert.NotNull(operation.Value["responses"]!["200"]!["headers"]!["Idempotency-Replayed"]));
        Assert.Equal(["/api/v1/actions/{type}/{action}"], taking.Where(operation => operation.Value["responses"]!["409"] is not null).Select(o => o.Path));
    }

    private async Task<JsonObject> ReadAsync()
    {
        using var anyone = new HttpClient { BaseAddress = fixture.Host.Address };
        return (await anyone.GetFromJsonAsync<JsonObject>("openapi/v1.json"))!; // an object, or it throws
    }
}
