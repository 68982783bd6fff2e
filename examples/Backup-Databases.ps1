<#
.SYNOPSIS
    Backs up the databases of all services, proves each backup by a test restore, and deletes what the plan's retention does not keep.
.DESCRIPTION
    For a nightly job, or for the afternoon before a rollout. Exit code 0 only when every backup was restored and compared.
.EXAMPLE
    ./Backup-Databases.ps1 -Label nightly
#>
[CmdletBinding()]
param(
    # The plan and the environment in it.
    [string] $Plan = [System.IO.Path]::Combine($PSScriptRoot, 'rollout.psd1'),
    [string] $Environment = 'production',

    # Label of the backups.
    [string] $Label = 'nightly',

    # Other addresses than those in the plan: an object or a JSON file.
    [object] $Endpoint,

    # Folder of the journals.
    [string] $JournalPath
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module VisionRollout)) { Import-Module VisionRollout }

$connection = @{ Plan = $Plan; Environment = $Environment }
if ($Endpoint)    { $connection.Endpoint = $Endpoint }
if ($JournalPath) { $connection.JournalPath = $JournalPath }
$null = Connect-Rollout @connection

# One service that fails does not keep the others from their backups.
$tests = Get-RolloutService | Backup-ServiceDatabase -Label $Label -ErrorAction Continue | Test-ServiceDatabaseBackup -ErrorAction Continue
$tests

# Old ones go only when the new ones are good.
$good = @($tests | Where-Object Verdict -EQ 'Go')
if ($good.Count -ne @(Get-RolloutService).Count) { exit 1 }
Remove-ServiceDatabaseBackup -Confirm:$false
