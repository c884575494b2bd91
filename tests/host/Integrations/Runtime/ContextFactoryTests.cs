using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Integrations.Runtime;

public sealed class ContextFactoryTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private readonly Guid tenant = Guid.NewGuid();
    private readonly Lines lines = new();
    private Rooms rooms = null!; // opened before each test

    public async ValueTask InitializeAsync() =>
        rooms = await Rooms.OpenAsync(database, services => services.AddLogging(builder => builder.AddProvider(lines)));

    public ValueTask DisposeAsync() => rooms.DisposeAsync();

    [Fact]
    public async Task Create_PlatformRowForATenant_CarriesWhatWasAsked()
    {
        var integration = Integration(null);
        var execution = Guid.NewGuid();
        ProbeStep? seen = null;

        await using var lease = rooms.Get<ContextFactory>().Create(integration, new ContextRequest
        {
            CallerTenantId = tenant, ExecutionId = execution, Attempt = 3, DeduplicationKey = "key", OnStep = step => seen = step,
        });

        var context = lease.Context;
        Assert.Equal((integration.Id, tenant, ConfigScope.Platform), (context.IntegrationId, context.CallerTenantId, context.Scope));
        Assert.Equal((execution, 3, "key"), (context.ExecutionId, context.Attempt, context.DeduplicationKey));
        Assert.Same(integration.Plugin.Services, context.Services);
        Assert.Same(rooms.Get<OutboundAccess>().Network(ConfigScope.Platform), context.Network);
        Assert.NotSame(rooms.Get<OutboundAccess>().Network(ConfigScope.Tenant), context.Network);
        context.ReportStep(new ProbeStep("dns", true, "Found.", TimeSpan.Zero));
        Assert.Equal("dns", seen?.Name);
    }

    [Fact]
    public async Task Create_Logger_NamesProviderAndIntegration()
    {
        var integration = Integration(tenant);
        await using var lease = rooms.Get<ContextFactory>().Create(integration, new ContextRequest { DeduplicationKey = "key" });

        lease.Context.Logger.LogInformation("It speaks");

        Assert.Equal(("Vaka.Plugins.Provider.smtp", integration.Id), Assert.Single(lines.Seen));
    }

    [Fact]
    public async Task Create_SavedTwice_SharesResourcesStateAndOneTimeValues()
    {
        var integration = Integration(tenant);

        var first = await UseAsync(integration, isUnsaved: false);
        var second = await UseAsync(integration, isUnsaved: false);

        Assert.Same(first.Resource, second.Resource);
        Assert.False(first.Resource.IsDisposed);
        Assert.Equal((true, false), (first.IsFirst, second.IsFirst));
        Assert.Equal((null, "kept"), (first.State, second.State));
    }

    [Fact]
    public async Task Create_Unsaved_SharesNothingAndEndsWithTheCall()
    {
        var integration = Integration(tenant);
        var saved = await UseAsync(integration, isUnsaved: false);

        var first = await UseAsync(integration, isUnsaved: true);
        var second = await UseAsync(integration, isUnsaved: true);

        Assert.Equal(3, new[] { saved.Resource, first.Resource, second.Resource }.Distinct().Count());
        Assert.Equal((false, true, true), (saved.Resource.IsDisposed, first.Resource.IsDisposed, second.Resource.IsDisposed));
        Assert.Equal((true, true), (first.IsFirst, second.IsFirst));
        Assert.Equal((null, null), (first.State, second.State));
        Assert.NotEqual(integration.Id, first.Id);
        await using var context = rooms.Contexts.CreateDbContext();
        Assert.Equal([integration.Id], await context.Set<StoredState>().Select(state => state.IntegrationId).ToListAsync());
    }

    private async Task<(Guid Id, Thing Resource, bool IsFirst, string? State)> UseAsync(BoundIntegration integration, bool isUnsaved)
    {
        await using var lease = rooms.Get<ContextFactory>().Create(
            integration, new ContextRequest { DeduplicationKey = "key", IsUnsaved = isUnsaved });
        var context = lease.Context;
        var thing = await context.GetOrCreateResourceAsync("thing", (scope, _) =>
        {
            Assert.Equal(context.IntegrationId, scope.IntegrationId);
            return ValueTask.FromResult(new Thing());
        }, CancellationToken.None);
        Assert.False(thing.IsDisposed);
        var isFirst = await context.OneTime.TryAddAsync("nonce", "", TimeSpan.FromMinutes(1), CancellationToken.None);
        string? state = null;
        await context.State.UpdateAsync("cursor", null, (current, _) =>
        {
            state = current;
            return Task.FromResult<string?>("kept");
        }, CancellationToken.None);
        return (context.IntegrationId, thing, isFirst, state);
    }

    private BoundIntegration Integration(Guid? tenantId) => new()
    {
        Id = Guid.NewGuid(),
        TenantId = tenantId,
        Name = "Mail",
        Revision = 1,
        Plugin = rooms.Catalog.Load("smtp", "SMTP"),
        Config = new TestConfig { Address = "here" },
        ConfigHash = "hash",
    };

    private sealed class Thing : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Lines : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

        public List<(string Category, object? IntegrationId)> Seen { get; } = [];

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Line(Lines lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => lines.scopes.Push(state);

            public bool IsEnabled(LogLevel logLevel) => category.StartsWith("Vaka.Plugins.Provider", StringComparison.Ordinal);

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                object? id = null;
                lines.scopes.ForEachScope<object?>(
                    (scope, _) => id = (scope as IEnumerable<KeyValuePair<string, object>>)?
                        .FirstOrDefault(pair => pair.Key == "IntegrationId").Value ?? id,
                    null);
                lines.Seen.Add((category, id));
            }
        }
    }
}
