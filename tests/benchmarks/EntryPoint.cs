using System.Globalization;
using Vaka.Plugins.Benchmarks.Cases;
using Vaka.Plugins.Benchmarks.Measuring;
using Vaka.Plugins.Benchmarks.Servers;

namespace Vaka.Plugins.Benchmarks;

/// <summary>Measures, or is one of the servers that are measured against, each of which is a process of its own.</summary>
internal static class EntryPoint
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [WebhookSink.Role, var port]:
                await WebhookSink.RunAsync(Number(port));
                return 0;
            case [PlainApp.Role, var port, var webhook, var mailPort]:
                await PlainApp.RunAsync(Number(port), new Uri(webhook), Number(mailPort));
                return 0;
            case [EmptyApp.Role, var port]:
                await EmptyApp.RunAsync(Number(port));
                return 0;
            case [MailSink.Role, var port]:
                await MailSink.RunAsync(Number(port));
                return 0;
            default:
                return await MeasureAsync(args);
        }
    }

    private static async Task<int> MeasureAsync(string[] args)
    {
        var plan = Plan.Parse(args);
        Machine.Print(plan);
        var table = new Table();
        if (plan.Wants("webhook")) await WebhookCase.RunAsync(plan, table);
        if (plan.Wants("durable")) await DurableCase.RunAsync(plan, table);
        if (plan.Wants("hosts")) await TwoHostsCase.RunAsync(table);
        if (plan.Wants("mail")) await MailCase.RunAsync(plan, table);
        if (plan.Wants("resolve")) await ResolveCase.RunAsync(plan, table);
        if (plan.Wants("sso")) await SsoCase.RunAsync(table);
        if (plan.Wants("start")) await StartCase.RunAsync(plan, table);
        if (plan.Wants("costs")) await CostsCase.RunAsync(table);
        table.Print();
        Machine.PrintLoad();
        return 0;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
