namespace VisionRollout.Core.Databases;

/// <summary>How the rows of a ledger were digested. Digests of different forms say nothing about each other.</summary>
public enum DigestForm
{
    /// <summary>Sum of <c>hashtextextended(row::text, 0)</c>.</summary>
    Text,

    /// <summary>Sum of <c>hashfloat8extended(hash_record_extended(row, 0)::float8, 0)</c>, where values of most types go into the hash as they are and
    /// all others as text (PostgreSQL 14 and later). It takes about half of the text's processor time. One changed row stays unseen with a
    /// probability of 2^-53, or 2^-32 where only a timestamp or time of day in it changed: PostgreSQL hashes those through 32 bits.</summary>
    Record,
}
