using VisionRollout.Tests.Postgres;

namespace VisionRollout.Tests.Backups;

/// <summary>One database of which a backup has two parts, for all tests of a class: its text hardly compresses.</summary>
public sealed class NoisyDatabase(PostgresServer server)
{
    private readonly Lazy<Task<TestDatabase>> made = new(() => server.CreateAsync("business", S3BackupTests.Noise(20_000)));

    public Task<TestDatabase> GetAsync() => made.Value;
}
