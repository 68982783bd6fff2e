using CliWrap;
using CliWrap.Buffered;
using NSubstitute;
using VisionRollout.Adapters.Backups;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Tests.Postgres;

/// <summary>They change this process's variables.</summary>
[CollectionDefinition(nameof(LibpqPlacesTests), DisableParallelization = true)]
public sealed class LibpqPlacesCollection;

/// <summary>Where libpq looks for what it needs to connect, on a real server that takes only TLS.</summary>
[Collection(nameof(LibpqPlacesTests))]
public sealed class LibpqPlacesTests : IAsyncLifetime
{
    private const int Limit = 120_000;
    private readonly PostgresServer server = PostgresServer.Private();
    private readonly string home = Directory.CreateTempSubdirectory("visionrollout-home-").FullName;
    private readonly TestAuthority authority = new("ours");
    private readonly TestAuthority another = new("another");
    private EnvironmentScope? clean;
    private TestDatabase database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Root => Path.Combine(home, "ours.crt");

    private string Port => database.Secret["port"];

    // A service of which the plan says nothing but the database's name.
    private PlanService Bare => database.Service with { Database = database.Service.Database with { Secret = null, Host = null } };

    public async ValueTask InitializeAsync()
    {
        clean = new([("HOME", home), .. ((string[])["PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGPASSFILE", "PGPASSWORD", "PGUSER", "PGHOST", "PGPORT", "PGSSLMODE", "PGSSLROOTCERT"]).Select(name => (name, (string?)null))]);
        Write("ours.crt", authority.Pem);
        Write("another.crt", another.Pem);
        database = await server.CreateAsync("business", "CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n");
        var (certificate, key) = authority.Issue("localhost");
        await server.RequireTlsAsync(certificate, key);
    }

    public async ValueTask DisposeAsync()
    {
        clean?.Dispose();
        authority.Dispose();
        another.Dispose();
        await server.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }

    [Theory(Timeout = Limit)]
    [InlineData("localhost", "verify-full", "ours.crt", null)]
    [InlineData("127.0.0.1", "verify-full", "ours.crt", "DatabaseCertificateRefused")]
    [InlineData("127.0.0.1", "verify-ca", "ours.crt", null)]
    [InlineData("localhost", "verify-ca", "another.crt", "DatabaseCertificateRefused")]
    [InlineData("localhost", "verify-full", "another.crt", "DatabaseCertificateRefused")]
    [InlineData("localhost", "verify-full", null, "DatabaseRootCertificateMissing")]
    [InlineData("localhost", "verify-ca", "missing.crt", "DatabaseRootCertificateMissing")]
    [InlineData("localhost", "require", null, null)]
    [InlineData("localhost", "require", "ours.crt", null)]
    [InlineData("localhost", "require", "another.crt", "DatabaseCertificateRefused")]
    [InlineData("localhost", "prefer", null, null)]
    [InlineData("localhost", null, null, null)]
    [InlineData("localhost", "disable", null, "DatabaseAccessDenied")]
    public async Task A_TLS_mode_means_to_the_driver_and_to_pg_dump_what_it_means_to_libpq(string host, string? mode, string? root, string? failure)
    {
        using var variables = new EnvironmentScope(("PGHOST", host), ("PGPORT", Port), ("PGSSLMODE", mode), ("PGSSLROOTCERT", root is null ? null : Path.Combine(home, root)));
        var address = await Addresses().FindAsync(Bare, database.Credential, Token);

        var driver = await Record.ExceptionAsync(async () => await (await address.OpenAsync(Token)).DisposeAsync());
        var dump = await Cli.Wrap((await new PostgresTools().FindAsync("pg_dump", 12, Token)).Path).WithArguments(["--schema-only"]).WithEnvironmentVariables(address.ChildEnvironment())
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Token);

        Assert.Equal(failure, (driver as RolloutException)?.Id);
        Assert.True(dump.ExitCode == 0 == failure is null, dump.StandardError);
    }

    [Theory(Timeout = Limit)]
    [InlineData(".pg_service.conf", null)]
    [InlineData("elsewhere.conf", "PGSERVICEFILE")]
    [InlineData("system/pg_service.conf", "PGSYSCONFDIR")]
    public async Task A_connection_service_leads_the_driver_pg_dump_and_pg_restore(string file, string? variable)
    {
        var path = Write(file, $"""
            # ours
            [other]
            host=nowhere.example

            [visionrollout]
            host=localhost
            port={Port}
            user=postgres
            password={PostgresServer.Sentinel}
            dbname=another
            sslmode=verify-full
            sslrootcert={Root}
            [after]
            host=nowhere.example
            """);
        using var variables = new EnvironmentScope(("PGSERVICE", "visionrollout"), ("PGHOST", "nowhere.example"), ("PGSSLMODE", "disable"),
            (variable ?? "PGSERVICEFILE", variable == "PGSYSCONFDIR" ? Path.GetDirectoryName(path) : variable is null ? null : path));

        await BacksUpAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData(".pgpass", false)]
    [InlineData("passwords", true)]
    public async Task A_password_file_and_the_root_certificate_in_the_home_folder_are_found(string file, bool named)
    {
        var path = Write(file, $"nowhere.example:*:*:postgres:wrong\nlocalhost:{Port}:*:postgres:{PostgresServer.Sentinel}\n");
        Write(".postgresql/root.crt", authority.Pem);
        using var variables = new EnvironmentScope(("PGHOST", "localhost"), ("PGPORT", Port), ("PGUSER", "postgres"), ("PGSSLMODE", "verify-full"), ("PGPASSFILE", named ? path : null));

        await BacksUpAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_connection_service_names_its_password_file()
    {
        var passwords = Write("passwords", $"*:*:*:postgres:{PostgresServer.Sentinel}\n");
        Write(".pg_service.conf", $"[visionrollout]\nhost=localhost\nport={Port}\nuser=postgres\npassfile={passwords}\nsslmode=require\n");
        using var variables = new EnvironmentScope(("PGSERVICE", "visionrollout"));

        await BacksUpAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_plan_says_wins_over_a_connection_service_and_a_secret_is_not_completed_from_it()
    {
        Write(".pg_service.conf", "[visionrollout]\nhost=nowhere.example\nport=1\nuser=named\npassword=theirs\n");
        using var variables = new EnvironmentScope(("PGSERVICE", "visionrollout"));
        var planned = await Addresses().FindAsync(Bare with { Database = Bare.Database with { Host = "planned.example" } }, null, Token);
        Assert.Equal(("planned.example", 5432, database.Name, "named", "theirs"), (planned.Host, planned.Port, planned.Database, planned.Username, planned.Password));

        var objects = Substitute.For<IClusterObjects>();
        objects.ReadSecretAsync(default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(_ => new Dictionary<string, string> { ["host"] = "secret.example" });
        var secret = await new DatabaseAddresses(() => objects).FindAsync(database.Service, null, Token);
        Assert.Equal(("secret.example", null, null), (secret.Host, secret.Username, secret.Password));
    }

    [Theory(Timeout = Limit)]
    [InlineData("[visionrollout]\nhost=a\npassword s3ntinel-Passw0rd\n", "DatabaseServiceFileInvalid", "Line 3 of")]
    [InlineData("[visionrollout]\n\nhost = s3ntinel-Passw0rd\n", "DatabaseServiceFileInvalid", "Line 3 of")]
    [InlineData("[visionrollout]\nldap://s3ntinel-Passw0rd\n", "DatabaseServiceFileInvalid", "Line 2 of")]
    [InlineData("[other]\nhost=a\n", "DatabaseServiceUnknown", "'visionrollout'")]
    [InlineData("[visionrollout]\nhost=a\nport=many\n", "DatabasePortInvalid", "'many'")]
    [InlineData("[visionrollout]\nhost=a\nsslmode=always\n", "DatabaseSslModeInvalid", "'always'")]
    [InlineData("[visionrollout]\nuser=a\n", "DatabaseHostUnknown", "'business'")]
    public async Task A_connection_service_that_cannot_be_used_is_named_without_its_contents(string text, string id, string part)
    {
        var path = Write(".pg_service.conf", text);
        using var variables = new EnvironmentScope(("PGSERVICE", "visionrollout"));
        var failure = await Assert.ThrowsAsync<RolloutException>(() => Addresses().FindAsync(Bare, null, Token));
        Assert.Equal(id, failure.Id);
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        if (id != "DatabaseHostUnknown") Assert.Contains(path, failure.Message + failure.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Sentinel, failure.ToString(), StringComparison.Ordinal);
    }

    private static DatabaseAddresses Addresses() => new(() => throw new InvalidOperationException("The plan names no Secret."));

    private string Write(string name, string text)
    {
        var path = Path.Combine(home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private async Task BacksUpAsync()
    {
        var folder = Path.Combine(home, "backups");
        var backups = new DatabaseBackups(Addresses(), new BackupStores(null), new BackupKeys(() => throw new InvalidOperationException()), new PostgresTools(), new SystemClock());
        var backup = await backups.BackupAsync(new() { Service = Bare, Destination = folder, Label = "libpq" }, Token);
        Assert.Equal(1000, backup.Rows);
        var test = await backups.TestAsync(new() { Service = Bare, Location = backup.Location }, Token);
        Assert.True(test.Verdict == Verdict.Go, string.Join("\n", test.Findings.Select(finding => finding.Reason)));
        foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories))
            Assert.DoesNotContain(PostgresServer.Sentinel, await File.ReadAllTextAsync(file, Token), StringComparison.Ordinal);
    }
}
