using Vaka.Plugins.Smtp.Connections;
using Vaka.Plugins.Smtp.Messages;
using Vaka.Plugins.Smtp.SignIn;

namespace Vaka.Plugins.Smtp;

/// <summary>The server of one integration, as an action sees it: hands mails over through pooled connections.</summary>
internal sealed class SmtpClient(SmtpConfig config, IntegrationContext context)
{
    /// <exception cref="IntegrationException">No recipient was accepted, or the mail was not, or nobody can tell.</exception>
    public async Task<Receipt> SendAsync(SmtpMessage message, CancellationToken cancellationToken)
    {
        var pool = await context.GetOrCreateResourceAsync(
            "smtp-pool", static (scope, _) => ValueTask.FromResult(new SmtpPool(scope)), cancellationToken).ConfigureAwait(false);

        return await SubmitAsync(pool, message, fresh: false, cancellationToken).ConfigureAwait(false)
            ?? await SubmitAsync(pool, message, fresh: true, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException("A fresh connection is never stale.");
    }

    private async Task<SmtpConnection> OpenAsync(IOutboundNetwork network, CancellationToken cancellationToken)
    {
        var stream = await network.ConnectAsync(config.SmtpHost, config.SmtpPort, cancellationToken).ConfigureAwait(false);
        try
        {
            var secured = await SecureAsync(stream, network, cancellationToken).ConfigureAwait(false);
            var connection = await HelloAsync(secured, cancellationToken).ConfigureAwait(false);
            await SignInAsync(connection, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Encrypts a connection, if the config says so.</summary>
    public async Task<SecuredStream> SecureAsync(Stream stream, IOutboundNetwork network, CancellationToken cancellationToken)
    {
        try
        {
            return await SmtpTls.SecureAsync(stream, config, network, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (SmtpFailures.OfOpening(exception, hungUp: false, config) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Reads the greeting and says hello.</summary>
    public async Task<SmtpConnection> HelloAsync(SecuredStream secured, CancellationToken cancellationToken)
    {
        var connection = new SmtpConnection(secured.Wire);
        try
        {
            await connection.GreetAsync(config, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception exception)
        {
            var failure = SmtpFailures.OfOpening(exception, connection.HasEnded, config);
            connection.Dispose();
            if (failure is null)
            {
                throw;
            }

            throw failure;
        }
    }

    /// <summary>Signs in, if the config says so.</summary>
    public async Task SignInAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await SmtpSignIn.SignInAsync(connection, config, context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (SmtpFailures.OfOpening(exception, connection.HasEnded, config) is { } failure)
        {
            throw failure;
        }
    }

    // null: the connection was a pooled one that the server had given up meanwhile, and nothing of the mail was sent.
    private async Task<Receipt?> SubmitAsync(SmtpPool pool, SmtpMessage message, bool fresh, CancellationToken cancellationToken)
    {
        var connection = await pool.RentAsync(token => OpenAsync(pool.Network, token), fresh, cancellationToken).ConfigureAwait(false);
        try
        {
            return await connection.SubmitAsync(message, config, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (connection.WasStale(exception))
        {
            return null;
        }
        catch (Exception exception) when (SmtpFailures.OfSending(exception, connection, config) is { } failure)
        {
            throw failure;
        }
        finally
        {
            pool.Return(connection);
        }
    }
}
