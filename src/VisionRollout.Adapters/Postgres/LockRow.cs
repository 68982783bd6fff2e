namespace VisionRollout.Adapters.Postgres;

/// <summary>A backend that waits for a lock, and who holds it.</summary>
/// <param name="Pid">Who waits.</param>
/// <param name="IsOurs">Whether it belongs to the migration.</param>
/// <param name="Name">The waiting one for people.</param>
/// <param name="Blocker">Process of the blocker.</param>
/// <param name="BlockerIsOurs">Whether the blocker belongs to the migration.</param>
/// <param name="BlockerName">The blocker for people.</param>
internal sealed record LockRow(int Pid, bool IsOurs, string Name, int Blocker, bool BlockerIsOurs, string BlockerName);
