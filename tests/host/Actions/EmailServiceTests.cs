using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Commands;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Actions;

/// <summary>The platform's own services ask for mail without HTTP: over the whole host, on both databases.</summary>
public abstract class EmailServiceTests : IAsyncDisposable
{
    private const string NotConfigured = "SMTP integration not configured. Please configure in /integrations page.";

    private static readonly Caller Service = new() { Name = "billing", Role = CallerRole.Service, TenantId = Guid.CreateVersion7() };

    private static readonly Email Mail = new() { To = ["a@example.com"], Subject = "s", Text = "t" };

    private readonly WebApplication app;

    protected EmailServiceTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        app = Program.Compose([.. database.Configuration.AsEnumerable().Where(setting => setting.Value is not null)
            .Select(setting => $"--{setting.Key}={setting.Value}")]);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return app is null ? ValueTask.CompletedTask : app.DisposeAsync(); // null: the test was skipped
    }

    [Fact]
    public async Task SendAsync_NothingConfigured_SaysExactlySo()
    {
        await HostStart.PrepareAsync(app.Services, withPlugins: true, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => app.Services.GetRequiredService<EmailService>().SendAsync(Mail, Service, null, CancellationToken.None));
        Assert.Equal(ProblemCode.IntegrationNotConfigured, refused.Code);
        Assert.Equal(NotConfigured, refused.Message);

        var outcome = await app.Services.GetRequiredService<AgenticActionService>().SendEmailAsync(Mail, Service, null, CancellationToken.None);
        Assert.Equal(new EmailOutcome(false, NotConfigured, null, null), outcome);
    }
}

public sealed class EmailServiceOnSqliteTests(SqliteDatabase database) : EmailServiceTests(database), IClassFixture<SqliteDatabase>;

public sealed class EmailServiceOnPostgresTests(PostgresDatabase database) : EmailServiceTests(database), IClassFixture<PostgresDatabase>;
