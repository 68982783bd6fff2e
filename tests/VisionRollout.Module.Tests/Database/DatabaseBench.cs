using System.Management.Automation;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.Plan;
using VisionRollout.Plan;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Module.Tests.Database;

/// <summary>The module with a session in which each service has a real database, and a journal that is under way.</summary>
internal sealed class DatabaseBench : IDisposable
{
    private readonly ModuleHost host;
    private readonly string folder;

    private DatabaseBench(ModuleHost host, string folder, RolloutSession session)
    {
        this.host = host;
        this.folder = folder;
        Session = session;
    }

    public RolloutSession Session { get; }

    public string Backups => Path.Combine(folder, "backups");

    public PSCredential Credential { get; private init; } = PSCredential.Empty;

    public static async Task<DatabaseBench> CreateAsync(params TestDatabase[] databases)
    {
        var folder = Directory.CreateTempSubdirectory("visionrollout-database-").FullName;
        var plan = PlanFile.Load(ExamplePlan.Path) with { Services = [.. databases.Select(database => database.PlainService)] };
        var environment = plan.Environments[0] with { Endpoints = new RolloutEndpoints { Backups = Path.Combine(folder, "backups") } };
        var session = new RolloutSession(plan, environment, Path.Combine(folder, "journal"));
        var journal = session.Journals.Create(environment.Name, "r1");
        await journal.AppendAsync(new RolloutStarted("r1", plan.Name, plan.Path, plan.Hash, environment.Name, "v2", "v1", "green", "blue", new(2026, 11, 23), "tester", []),
            DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        session.Use(journal);
        var secure = new System.Security.SecureString();
        foreach (var letter in databases[0].Credential.Password) secure.AppendChar(letter);
        return new(await ModuleHost.OfAssemblyAsync(), folder, session) { Credential = new(databases[0].Credential.UserName, secure) };
    }

    /// <summary>Runs a script that has <c>$session</c>, <c>$credential</c> and <c>$extra</c>.</summary>
    public Task<ModuleResult> RunAsync(string script, object? extra = null) =>
        host.RunAsync($"param($session, $credential, $extra) $PSDefaultParameterValues = @{{ '*:Session' = $session; '*:Credential' = $credential }}; {script}", Session, Credential, extra);

    public async Task<IReadOnlyList<JournalEntry>> JournalAsync()
    {
        var journal = await Session.FindJournalAsync(TestContext.Current.CancellationToken);
        return [.. (await journal!.ReadAsync(TestContext.Current.CancellationToken)).Select(record => record.Entry)];
    }

    public void Dispose()
    {
        Session.Dispose();
        host.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
