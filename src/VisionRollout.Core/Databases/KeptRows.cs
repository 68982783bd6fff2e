namespace VisionRollout.Core.Databases;

/// <summary>The rows of a table that nobody has written since an earlier ledger (their <c>xmin</c> belongs to a transaction which that ledger's
/// snapshot saw as ended). When they are as many as the table had then, with the same digest, every row of then is still there as it was, whatever
/// was added.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Digest">Digest of them.</param>
public sealed record KeptRows(long Rows, string Digest);
