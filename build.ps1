<#
.SYNOPSIS
    Builds, tests, packs and rehearses VisionRollout.
.DESCRIPTION
    Runs in pwsh (./build.ps1 -Task Build, Test) and, where pwsh is not installed, in the console host of this repository:
    dotnet run --project src/VisionRollout.Host -- build.ps1 -Task Package
    Therefore it uses only PowerShell's core commands, .NET types and the dotnet program.
.PARAMETER Task
    Build      the solution; the importable module is then in artifacts/module/VisionRollout
    Test       all tests of the solution
    Pester     the Pester suite against the assembled module, on the PowerShell and the Pester that tests/Pester/PesterSuite.csproj brings
    Package    artifacts/package/VisionRollout/<version>, importable, and a zip of it
    Rehearse   the whole rollout on a rehearsal cluster
    Benchmark  the benchmarks, in Release
.EXAMPLE
    ./build.ps1 -Task Test, Package
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pester', 'Package', 'Rehearse', 'Benchmark')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug'
)

$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot

# Runs a program and ends the build when it fails.
function Invoke-Program([string] $Program, [string[]] $Arguments) {
    "> $Program $Arguments"
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with exit code $LASTEXITCODE" }
}

function Get-InRepository([string] $Path) { [System.IO.Path]::Combine($root, $Path) }

function Get-ModuleVersion {
    $manifest = [System.Management.Automation.Language.Parser]::ParseFile((Get-InRepository 'module/VisionRollout.psd1'), [ref] $null, [ref] $null)
    $manifest.Find({ $args[0] -is [System.Management.Automation.Language.HashtableAst] }, $false).SafeGetValue().ModuleVersion
}

function Build { Invoke-Program dotnet 'build', (Get-InRepository 'VisionRollout.sln'), '--configuration', $Configuration, '--nologo' }

function Test { Invoke-Program dotnet 'test', (Get-InRepository 'VisionRollout.sln'), '--configuration', $Configuration, '--nologo', '-m:1' }

function Pester {
    Invoke-Program dotnet 'build', (Get-InRepository 'module'), '--configuration', $Configuration, '--nologo'
    Invoke-Program dotnet 'build', (Get-InRepository 'tests/Pester'), '--nologo'
    $path = $env:PATH
    try {
        $env:PATH = (Get-InRepository 'artifacts/pester/bin') + [System.IO.Path]::PathSeparator + $path
        Invoke-Program pwsh '-NoProfile', '-NonInteractive', '-File', (Get-InRepository 'tests/Pester/Invoke-Suite.ps1')
    }
    finally { $env:PATH = $path }
}

function Package {
    $version = Get-ModuleVersion
    $folder = Get-InRepository 'artifacts/package/VisionRollout'
    $zip = Get-InRepository "artifacts/package/VisionRollout.$version.zip"
    if ([System.IO.Directory]::Exists($folder)) { [System.IO.Directory]::Delete($folder, $true) }
    if ([System.IO.File]::Exists($zip)) { [System.IO.File]::Delete($zip) }
    Invoke-Program dotnet 'build', (Get-InRepository 'module'), '--configuration', 'Release', '--nologo', "-p:ArtifactsModule=$folder/$version/"
    [System.IO.Compression.ZipFile]::CreateFromDirectory($folder, $zip, [System.IO.Compression.CompressionLevel]::Optimal, $true)
    "Package: $folder/$version"
    "Zip:     $zip"
}

function Rehearse {
    Invoke-Program dotnet 'run', '--project', (Get-InRepository 'src/VisionRollout.Host'), '--configuration', $Configuration, '--',
        (Get-InRepository 'examples/Rehearse-VisionRollout.ps1')
}

function Benchmark {
    Invoke-Program dotnet 'run', '--project', (Get-InRepository 'tests/VisionRollout.Benchmarks'), '--configuration', 'Release', '--', '--filter', '*'
}

foreach ($name in $Task) { & $name }
